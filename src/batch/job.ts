/** Runs a command on many targets, stage by stage, and stops when too much goes wrong. */
import { type Clock, systemClock } from '../kube/index.ts';
import { runOne } from './run-one.ts';
import { stagesOf } from './stages.ts';
import type { Outcome, RunRequest, Target, Transport } from './target.ts';

export interface JobOptions extends Pick<RunRequest, 'command' | 'stdin'> {
  readonly transport: Transport;
  /** Frozen when the job begins. */
  readonly targets: readonly Target[];
  /** At once. @default 50 */
  readonly concurrency?: number;
  /** Shares of all targets; `[1]` is everything at once. @default canary, 5 %, 25 %, all */
  readonly stages?: readonly (number | 'canary')[];
  /** The job stops when more than so many have failed or were not reached. @default 5 % of all, at least 3 */
  readonly mostFailures?: number;
  /** For each target. @default 60 s */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  /** Whether it is still to be run there; what others have done before counts in the stages. @default everywhere */
  readonly isLeft?: (target: Target) => boolean;
  /** On so many it has gone wrong before. @default 0 */
  readonly bad?: number;
  /** Asked right before each target; `false` leaves that one alone. */
  readonly begin?: (target: Target) => Promise<boolean>;
  readonly onResult?: (result: TargetResult, done: number, total: number) => void;
}

export interface TargetResult {
  readonly target: Target;
  readonly outcome: Outcome;
}

export interface JobCounts {
  readonly ok: number;
  readonly failed: number;
  readonly unreachable: number;
  readonly skipped: number;
}

export interface JobReport {
  readonly results: readonly TargetResult[];
  readonly counts: JobCounts;
  /** Why targets were skipped. */
  readonly stopped?: string;
}

export function defaultMostFailures(targets: number): number {
  return Math.max(3, Math.floor(targets * 0.05));
}

export class Job {
  readonly #o: JobOptions;
  readonly #most: number;
  readonly #ended = new AbortController();
  readonly #results: TargetResult[] = [];
  #bad: number;
  #stopped: string | undefined;
  #left = false;
  #resume: PromiseWithResolvers<void> | undefined;

  constructor(options: JobOptions) {
    this.#o = options;
    this.#most = options.mostFailures ?? defaultMostFailures(options.targets.length);
    this.#bad = options.bad ?? 0;
  }

  /** What is running is let run to its end; nothing else is begun until `resume`. */
  pause(): void {
    this.#resume ??= Promise.withResolvers();
  }

  resume(): void {
    this.#resume?.resolve();
    this.#resume = undefined;
  }

  /** What is running is let run to its end; all others are skipped. */
  cancel(reason = 'cancelled'): void {
    this.#stopped ??= reason;
    this.resume();
  }

  /** Ends at once: what is running counts as not reached. */
  kill(reason = 'killed'): void {
    this.cancel(reason);
    this.#ended.abort(new Error(reason));
  }

  /** Ends at once, and says nothing of what has not begun: somebody else may. */
  leave(reason: string): void {
    this.#left = true;
    this.kill(reason);
  }

  async run(): Promise<JobReport> {
    const { targets, stages, isLeft = () => true } = this.#o;
    for (const stage of stagesOf(targets, stages)) {
      const queue = stage.filter(isLeft);
      const width = Math.min(this.#o.concurrency ?? 50, queue.length);
      await Promise.all(Array.from({ length: width }, () => this.#work(queue)));
    }
    return {
      results: this.#results,
      counts: countsOf(this.#results),
      ...(this.#stopped && { stopped: this.#stopped }),
    };
  }

  async #work(queue: Target[]): Promise<void> {
    for (;;) {
      await this.#resume?.promise;
      const target = queue.shift();
      if (!target || this.#left) return;
      if (this.#stopped) this.#note(target, { kind: 'skipped', message: this.#stopped });
      else if (await this.#mayBegin(target)) this.#note(target, await this.#runOne(target));
    }
  }

  async #mayBegin(target: Target): Promise<boolean> {
    return (await this.#o.begin?.(target)) ?? true;
  }

  #runOne(target: Target): Promise<Outcome> {
    const { transport, command, stdin, timeoutMs = 60_000, clock = systemClock } = this.#o;
    const signal = this.#ended.signal;
    return runOne(target, { transport, command, timeoutMs, clock, signal, ...(stdin !== undefined && { stdin }) });
  }

  #note(target: Target, outcome: Outcome): void {
    // Whoever goes on finds it begun, and not ended.
    if (this.#left && outcome.kind === 'unreachable') return;
    if (outcome.kind === 'failed' || outcome.kind === 'unreachable') this.#bad++;
    if (this.#bad > this.#most)
      this.#stopped ??= `${this.#bad} of ${this.#o.targets.length} went wrong, more than ${this.#most}`;
    const result = { target, outcome };
    this.#results.push(result);
    this.#o.onResult?.(result, this.#results.length, this.#o.targets.length);
  }
}

export function countsOf(results: readonly TargetResult[]): JobCounts {
  const of = (kind: Outcome['kind']) => results.filter(({ outcome }) => outcome.kind === kind).length;
  return { ok: of('ok'), failed: of('failed'), unreachable: of('unreachable'), skipped: of('skipped') };
}

/** As Ansible: 4 when hosts were not reached, 2 when some have failed; no targets at all is an error here. */
export function exitCodeOf({ counts }: Pick<JobReport, 'counts'>): 0 | 2 | 4 {
  const { ok, failed, unreachable, skipped } = counts;
  if (unreachable > 0 || ok + failed + skipped === 0) return 4;
  return failed > 0 || skipped > 0 ? 2 : 0;
}
