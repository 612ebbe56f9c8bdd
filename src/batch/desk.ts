/**
 * Where people ask for a command on many targets: whom it would meet and in which stages, and the jobs under way. A job
 * is carried out by one process at a time; people may stop it or let it go on from any.
 */
import { hostname } from 'node:os';
import process from 'node:process';
import { JdosError } from '../errors/index.ts';
import { type Clock, rfc3339, systemClock } from '../kube/index.ts';
import { appendAudit, type Records } from '../records/index.ts';
import { BatchBook, type JobPlan, type KeptJob } from './book.ts';
import { dangerOf } from './danger.ts';
import { defaultMostFailures, type JobReport, type TargetResult } from './job.ts';
import { JobWork } from './job-work.ts';
import { masked, maskText } from './secrets.ts';
import { DEFAULT_STAGES, stagesOf } from './stages.ts';
import type { Target, Transport } from './target.ts';
import { WorkSheet } from './work-sheet.ts';

export interface BatchDeskOptions {
  readonly records: Records;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly onError?: (error: unknown) => void;
}

export interface BatchWish extends Omit<JobPlan, 'command'> {
  /** As it was written. */
  readonly selector: string;
  readonly targets: readonly Target[];
  /** One word is run by a shell, several words as they are. */
  readonly command: readonly string[];
  readonly actor: string;
  readonly transport: Transport;
  /** A command that may end machines is meant. */
  readonly allowDangerous?: boolean;
  readonly onResult?: (result: TargetResult, done: number, total: number) => void;
  /** Told when this process is through with the job, however it has ended. */
  readonly onEnd?: () => void;
}

export interface ResumeWish extends Pick<BatchWish, 'actor' | 'transport' | 'onResult' | 'onEnd'> {
  /** Needed when the job's had secrets in it, for these are not kept. */
  readonly command?: readonly string[];
}

export interface BatchPreview {
  readonly command: string;
  readonly danger?: string;
  readonly stages: readonly (readonly Target[])[];
  readonly mostFailures: number;
}

export class BatchDesk implements AsyncDisposable {
  readonly book: BatchBook;
  readonly #o: BatchDeskOptions;
  readonly #clock: Clock;
  readonly #me: string;
  readonly #running = new Map<string, JobWork>();

  constructor(options: BatchDeskOptions) {
    this.#o = options;
    this.#clock = options.clock ?? systemClock;
    this.#me = `${hostname()}/${process.pid}/${this.#number()}`;
    this.book = new BatchBook(options.records, () => this.#clock.now());
  }

  preview({ targets, command, stages, mostFailures }: BatchWish): BatchPreview {
    const danger = dangerOf(command);
    return {
      command: masked(command),
      ...(danger && { danger }),
      stages: stagesOf(targets, stages ?? DEFAULT_STAGES),
      mostFailures: mostFailures ?? defaultMostFailures(targets.length),
    };
  }

  /** @throws JdosError JDOS_ERR_BATCH_DANGEROUS, JDOS_ERR_USAGE when there is nobody of that kind */
  async start(wish: BatchWish): Promise<string> {
    const { targets, actor, allowDangerous = false } = wish;
    const { command, danger, mostFailures } = this.preview(wish);
    if (danger && !allowDangerous) throw new JdosError('JDOS_ERR_BATCH_DANGEROUS', { command, danger });
    if (targets.length === 0)
      throw new JdosError('JDOS_ERR_USAGE', { detail: `selector ${wish.selector}: expected targets, found none` });
    const id = this.#newId();
    const selector = maskText(wish.selector);
    await this.book.add({ id, actor, selector, command, plan: { ...planOf(wish), mostFailures } }, targets, this.#me);
    const told = { selector, command, targets: targets.length, ...(danger && { danger }) };
    await this.#audit(id, actor, 'batch.start', told);
    await this.#work(id, wish, wish);
    return id;
  }

  /**
   * Honoured by whichever process carries it out. A job that nobody carries out is ended by `cancel`.
   * @throws JdosError JDOS_ERR_USAGE when it is not under way
   */
  async say(id: string, word: 'pause' | 'cancel', actor: string): Promise<void> {
    const job = await this.#open(id);
    if (word === 'pause' && job.state === 'lost') throw notUnderWay(id);
    if (!(await this.book.ask(id, word, actor))) throw notUnderWay(id);
    await this.#audit(id, actor, `batch.${word}`, {});
    await this.#running.get(id)?.look();
    if (word === 'cancel' && job.state === 'lost') await this.#endLost(id, actor);
  }

  /**
   * Lets a paused job go on where it is; one that was lost is gone on with here, on what nobody has begun.
   * @throws JdosError JDOS_ERR_USAGE when it is not under way, or its command is needed
   */
  async resume(id: string, wish: ResumeWish): Promise<'here' | 'elsewhere'> {
    const job = await this.#open(id);
    const command = job.state === 'lost' ? commandOf(job, wish.command) : undefined;
    const sheet = this.#sheet(id);
    const here = command !== undefined && (await sheet.take());
    if (!(await this.book.ask(id, undefined, wish.actor))) throw notUnderWay(id);
    await this.#audit(id, wish.actor, 'batch.resume', { ...(here && { 'taken over': true }) });
    await this.#running.get(id)?.look();
    if (!here) return 'elsewhere';
    await sheet.giveUpOthers(NOT_KNOWN);
    await this.#work(id, { ...job.plan, command }, wish);
    return 'here';
  }

  get(id: string): Promise<KeptJob | undefined> {
    return this.book.get(id);
  }

  /** Resolves when this process is through with it; undefined when it is none of its. */
  ended(id: string): Promise<JobReport | undefined> | undefined {
    return this.#running.get(id)?.ended;
  }

  /** What runs counts as not reached, and the job is over. */
  kill(id: string, reason: string): void {
    this.#running.get(id)?.kill(reason);
  }

  /** What runs is ended; whoever comes next may go on with what has not begun. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.values()].map((work) => work.leave('the process that ran it was stopped')));
  }

  async #work(
    id: string,
    plan: Required<Pick<JobPlan, 'command'>> & JobPlan,
    { transport, onResult, onEnd }: Pick<BatchWish, 'transport' | 'onResult' | 'onEnd'>,
  ): Promise<void> {
    const { onError } = this.#o;
    const sheet = this.#sheet(id);
    const work = new JobWork({
      sheet,
      plan,
      transport,
      clock: this.#clock,
      state: await sheet.read(),
      ...(onResult && { onResult }),
      ...(onError && { onError }),
      onEnd: async ({ counts, stopped }) => {
        await this.#audit(id, 'jdos', 'batch.end', { ...counts, ...(stopped && { stopped }) });
      },
    });
    this.#running.set(id, work);
    void work.ended.finally(() => {
      this.#running.delete(id);
      onEnd?.();
    });
  }

  async #endLost(id: string, actor: string): Promise<void> {
    const sheet = this.#sheet(id);
    if (!(await sheet.take())) return;
    const stopped = `cancelled by ${actor}`;
    await sheet.giveUpOthers(NOT_KNOWN);
    await sheet.skipWaiting(stopped);
    await sheet.end(stopped);
    await this.#audit(id, 'jdos', 'batch.end', { ...(await this.book.counts(id)), stopped });
  }

  async #open(id: string): Promise<KeptJob> {
    const job = await this.book.get(id);
    if (!job || job.state === 'ended') throw notUnderWay(id);
    return job;
  }

  #sheet(job: string): WorkSheet {
    return new WorkSheet({ records: this.#o.records, job, worker: this.#me, now: () => this.#clock.now() });
  }

  async #audit(id: string, actor: string, action: string, detail: Record<string, unknown>): Promise<void> {
    await appendAudit(this.#o.records, { at: this.#clock.now(), actor, action, object: `batch/${id}`, detail });
  }

  /** Sorts by time: `b20260101-120000-3f2a`. */
  #newId(): string {
    const stamp = rfc3339(this.#clock.now()).replace(/[-:Z]/g, '').replace('T', '-');
    return `b${stamp}-${this.#number()}`;
  }

  #number(): string {
    const random = Math.floor((this.#o.random ?? Math.random)() * 0x10000);
    return random.toString(16).padStart(4, '0');
  }
}

const NOT_KNOWN = 'the process that ran it is gone: whether it has run here, and how it ended, is not known';

/** The command is kept only when nothing in it is secret. */
function planOf({ command, stages, concurrency, mostFailures, timeoutMs }: BatchWish): JobPlan {
  return {
    ...(masked(command) === command.join(' ') && { command }),
    ...(stages && { stages }),
    ...(concurrency !== undefined && { concurrency }),
    ...(mostFailures !== undefined && { mostFailures }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
}

function commandOf({ id, command, plan }: KeptJob, given: readonly string[] | undefined): readonly string[] {
  const found = plan.command ?? given;
  if (found && masked(found) === command) return found;
  const detail = `job ${id}: its command had secrets in it, which are not kept; expected the same command again`;
  throw new JdosError('JDOS_ERR_USAGE', { detail });
}

function notUnderWay(id: string): JdosError {
  return new JdosError('JDOS_ERR_USAGE', { detail: `job ${id}: expected one that is under way` });
}
