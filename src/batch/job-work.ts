/** A job under way in this process: what it does is in the records before and after it does it, and so is what people say. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../kube/index.ts';
import { HEARTBEAT_MS, type JobPlan, labelOf } from './book.ts';
import { Job, type JobReport, type TargetResult } from './job.ts';
import type { Transport } from './target.ts';
import type { Sheet, WorkSheet } from './work-sheet.ts';

export interface JobWorkOptions {
  readonly sheet: WorkSheet;
  /** As it was when this process came to it. */
  readonly state: Sheet;
  readonly plan: Required<Pick<JobPlan, 'command'>> & JobPlan;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly onResult?: (result: TargetResult, done: number, total: number) => void;
  readonly onError?: (error: unknown) => void;
  /** The job is over. */
  readonly onEnd: (report: JobReport) => Promise<void>;
}

/** Results are written together, and people are listened to, this often. */
const FLUSH_MS = 500;

export class JobWork {
  /** Undefined when it was left to others, or the records have failed. Never rejects. */
  readonly ended: Promise<JobReport | undefined>;
  readonly #o: JobWorkOptions;
  readonly #job: Job;
  readonly #results: TargetResult[] = [];
  #beat: number;
  #over = false;
  #left = false;
  #cancelNext = (): void => {};
  #last: Promise<void> = Promise.resolve();

  constructor(options: JobWorkOptions) {
    this.#o = options;
    this.#beat = options.clock.now();
    this.#job = this.#newJob();
    this.#lookNowAndThen();
    this.ended = this.#run().catch((error: unknown) => {
      // What cannot be written down is not done.
      this.#leave('the records cannot be written');
      options.onError?.(error);
      return undefined;
    });
  }

  /** What do people want now? */
  async look(): Promise<void> {
    const asked = await this.#o.sheet.asked();
    if (asked.kind === 'gone') this.#leave('another process has taken it over');
    else if (asked.kind === 'cancel') this.#job.cancel(`cancelled by ${asked.by}`);
    else if (asked.kind === 'pause') this.#job.pause();
    else this.#job.resume();
  }

  kill(reason: string): void {
    this.#job.kill(reason);
  }

  /** Resolves when what ran has ended and somebody else may go on. */
  async leave(reason: string): Promise<void> {
    this.#leave(reason);
    await this.ended;
  }

  #leave(reason: string): void {
    this.#left = true;
    this.#job.leave(reason);
  }

  #newJob(): Job {
    const { sheet, state, plan, transport, clock, onResult } = this.#o;
    const { command, ...limits } = plan;
    return new Job({
      ...limits,
      transport,
      clock,
      targets: state.targets,
      command: command.length === 1 ? ['/bin/sh', '-c', command[0]!] : command,
      bad: state.bad,
      isLeft: (target) => state.waiting.has(labelOf(target)),
      begin: asOne((labels) => sheet.begin(labels)),
      onResult: (result, done, total) => {
        this.#results.push(result);
        onResult?.(result, done, total);
      },
    });
  }

  async #run(): Promise<JobReport | undefined> {
    try {
      const report = await this.#job.run();
      await this.#stopLooking();
      if (this.#left) {
        await this.#o.sheet.letGo();
        return undefined;
      }
      await this.#o.sheet.end(report.stopped);
      await this.#o.onEnd(report);
      return report;
    } finally {
      await this.#stopLooking();
    }
  }

  #lookNowAndThen(): void {
    this.#last = this.#last.then(() => this.#write()).catch((error: unknown) => this.#o.onError?.(error));
    void this.#last.then(() => {
      if (!this.#over) this.#cancelNext = this.#o.clock.after(FLUSH_MS, () => this.#lookNowAndThen());
    });
  }

  async #write(): Promise<void> {
    const { sheet, clock } = this.#o;
    const some = this.#results.splice(0);
    await sheet.note(some).catch((error: unknown) => {
      this.#results.unshift(...some);
      throw error;
    });
    if (!this.#over) await this.look();
    if (clock.now() - this.#beat < HEARTBEAT_MS) return;
    this.#beat = clock.now();
    await sheet.beat();
  }

  /** With a last write of what has come. */
  async #stopLooking(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#cancelNext();
    await this.#last;
    await this.#write();
  }
}

/** Each write waits for the disk: what begins within this is written together. */
const TOGETHER_MS = 20;

/** Asks of one moment become one. */
function asOne(ask: (labels: readonly string[]) => Promise<ReadonlySet<string>>) {
  let next: { readonly labels: string[]; readonly answer: Promise<ReadonlySet<string>> } | undefined;
  return async (target: TargetResult['target']): Promise<boolean> => {
    const label = labelOf(target);
    if (!next) {
      const labels: string[] = [];
      const answer = pause(TOGETHER_MS).then(() => {
        next = undefined;
        return ask(labels);
      });
      next = { labels, answer };
    }
    const { labels, answer } = next;
    labels.push(label);
    return (await answer).has(label);
  };
}
