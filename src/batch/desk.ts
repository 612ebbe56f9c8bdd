/**
 * Where people ask for a command on many targets: whom it would meet and in which stages, and the jobs under way. A job
 * is carried out by the process that took it, and never begun a second time: what it does is not known here.
 */
import { JdosError } from '../errors/index.ts';
import { type Clock, rfc3339, systemClock } from '../kube/index.ts';
import { appendAudit, type Records } from '../records/index.ts';
import { BatchBook, HEARTBEAT_MS, type KeptJob } from './book.ts';
import { dangerOf } from './danger.ts';
import { defaultMostFailures, Job, type JobReport, type TargetResult } from './job.ts';
import { masked, maskText } from './secrets.ts';
import { DEFAULT_STAGES, stagesOf } from './stages.ts';
import type { Target, Transport } from './target.ts';

export interface BatchDeskOptions {
  readonly records: Records;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly onError?: (error: unknown) => void;
}

export interface BatchWish {
  /** As it was written. */
  readonly selector: string;
  readonly targets: readonly Target[];
  /** One word is run by a shell. */
  readonly command: string;
  readonly actor: string;
  readonly transport: Transport;
  readonly stages?: readonly (number | 'canary')[];
  readonly concurrency?: number;
  readonly mostFailures?: number;
  readonly timeoutMs?: number;
  /** A command that may end machines is meant. */
  readonly allowDangerous?: boolean;
  /** Told when the job has ended, however it has. */
  readonly onEnd?: () => void;
}

export interface BatchPreview {
  readonly command: string;
  readonly danger?: string;
  readonly stages: readonly (readonly Target[])[];
  readonly mostFailures: number;
}

/** Results are written together, this often. */
const FLUSH_MS = 500;

export class BatchDesk implements AsyncDisposable {
  readonly book: BatchBook;
  readonly #o: BatchDeskOptions;
  readonly #clock: Clock;
  readonly #running = new Map<string, { readonly job: Job; readonly ended: Promise<void> }>();

  constructor(options: BatchDeskOptions) {
    this.#o = options;
    this.#clock = options.clock ?? systemClock;
    this.book = new BatchBook(options.records, () => this.#clock.now());
  }

  preview({ targets, command, stages, mostFailures }: BatchWish): BatchPreview {
    const danger = dangerOf([command]);
    return {
      command: masked([command]),
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
    await this.book.add({ id, actor, selector, command, targets: targets.length }, { mostFailures });
    await this.#audit(id, actor, 'batch.start', {
      selector,
      command,
      targets: targets.length,
      ...(danger && { danger }),
    });
    this.#run(id, wish);
    return id;
  }

  /** @throws JdosError JDOS_ERR_USAGE when this process does not carry it out */
  async say(id: string, word: 'pause' | 'resume' | 'cancel', actor: string): Promise<void> {
    const running = this.#running.get(id);
    if (!running) throw new JdosError('JDOS_ERR_USAGE', { detail: `job ${id}: expected one that is under way` });
    if (word === 'cancel') running.job.cancel(`cancelled by ${actor}`);
    else running.job[word]();
    await this.book.mark(id, word === 'cancel' ? {} : { state: word === 'pause' ? 'paused' : 'running' });
    await this.#audit(id, actor, `batch.${word}`, {});
  }

  async get(id: string): Promise<KeptJob | undefined> {
    return this.book.get(id);
  }

  /** Nothing more is begun; resolves when what was running has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    const running = [...this.#running.values()];
    for (const { job } of running) job.kill('the server stops');
    await Promise.all(running.map(({ ended }) => ended));
  }

  #run(id: string, wish: BatchWish): void {
    const { transport, targets, command, stages, concurrency, mostFailures, timeoutMs } = wish;
    const waiting: TargetResult[] = [];
    const job = new Job({
      transport,
      targets,
      command: ['/bin/sh', '-c', command],
      clock: this.#clock,
      ...(stages && { stages }),
      ...(concurrency !== undefined && { concurrency }),
      ...(mostFailures !== undefined && { mostFailures }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      onResult: (result) => waiting.push(result),
    });
    const stopWriting = this.#writeNowAndThen(id, waiting);
    const ended = job
      .run()
      .then(async (report) => {
        await stopWriting();
        await this.#end(id, report);
      })
      .catch((error: unknown) => this.#o.onError?.(error))
      .finally(() => {
        this.#running.delete(id);
        wish.onEnd?.();
      });
    this.#running.set(id, { job, ended });
  }

  /** Writes what has come, and that somebody is still at it. Answers what ends it with a last write. */
  #writeNowAndThen(id: string, waiting: TargetResult[]): () => Promise<void> {
    let [cancel, beat, over]: [() => void, number, boolean] = [() => {}, this.#clock.now(), false];
    let last = Promise.resolve();
    const write = async () => {
      const some = waiting.splice(0);
      await this.book.note(id, some);
      if (this.#clock.now() - beat < HEARTBEAT_MS) return;
      beat = this.#clock.now();
      await this.book.mark(id);
    };
    const again = () => {
      last = last.then(write).catch((error: unknown) => this.#o.onError?.(error));
      void last.then(() => {
        if (!over) cancel = this.#clock.after(FLUSH_MS, again);
      });
    };
    again();
    return async () => {
      over = true;
      cancel();
      await last;
      await write();
    };
  }

  async #end(id: string, { counts, stopped }: JobReport): Promise<void> {
    await this.book.mark(id, { state: 'ended', ended: true, ...(stopped && { stopped }) });
    await this.#audit(id, 'jdos', 'batch.end', { ...counts, ...(stopped && { stopped }) });
  }

  async #audit(id: string, actor: string, action: string, detail: Record<string, unknown>): Promise<void> {
    await appendAudit(this.#o.records, { at: this.#clock.now(), actor, action, object: `batch/${id}`, detail });
  }

  /** Sorts by time: `b20260101-120000-3f2a`. */
  #newId(): string {
    const stamp = rfc3339(this.#clock.now()).replace(/[-:Z]/g, '').replace('T', '-');
    const random = Math.floor((this.#o.random ?? Math.random)() * 0x10000);
    return `b${stamp}-${random.toString(16).padStart(4, '0')}`;
  }
}
