/**
 * Works on a run until it has ended: asks hosts side by side, judges, writes in batches. It may be killed at any moment;
 * whoever takes the run up goes on with the hosts that have no results, and nothing is there twice.
 */
import { type Clock, systemClock } from '../../kube/index.ts';
import type { Records } from '../../records/index.ts';
import { ask } from '../ask.ts';
import type { Check } from '../check.ts';
import { CHECKS } from '../checks/index.ts';
import { type Answer, judge } from '../judge.ts';
import type { HostMemory } from '../memory.ts';
import type { Reach } from '../reach.ts';
import type { Settings } from '../settings.ts';
import type { Subject } from '../subject.ts';
import { listExemptions } from './exemption-store.ts';
import { type HostDone, memoriesOf, saveResults } from './result-store.ts';
import { claimRun, endRun, type Run, type RunState, remaining } from './run.ts';

export interface RunnerOptions {
  readonly records: Records;
  readonly reach: Reach;
  readonly settings: Settings;
  /** A name that no other process has. */
  readonly worker: string;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** Hosts asked at a time. @default 200 */
  readonly concurrency?: number;
  /** For one host. @default 30 s */
  readonly hostTimeoutMs?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** A run whose worker was not heard of for so long may be taken up by another. */
const CLAIM_MS = 30_000;
const BATCH = 100;

/** Answers how the run ended; undefined when another works on it, or it had ended before. */
export async function work(run: Run, options: RunnerOptions): Promise<RunState | undefined> {
  const runner = new Runner(run, options);
  return (await runner.claim()) ? runner.work() : undefined;
}

class Runner {
  readonly #run: Run;
  readonly #o: RunnerOptions;
  readonly #clock: Clock;
  readonly #checks: readonly Check[];
  #full: HostDone[] = [];
  #saving: Promise<void> = Promise.resolve();
  #done = 0;

  constructor(run: Run, options: RunnerOptions) {
    this.#run = run;
    this.#o = options;
    this.#clock = options.clock ?? systemClock;
    const wanted = run.spec.checks;
    this.#checks = wanted ? CHECKS.filter((check) => wanted.includes(check.id)) : CHECKS;
  }

  async claim(): Promise<boolean> {
    const now = this.#clock.now();
    return claimRun(this.#o.records, this.#run.id, { worker: this.#o.worker, now, forMs: CLAIM_MS });
  }

  async work(): Promise<RunState> {
    const { records, concurrency = 200, signal, onProgress = () => {} } = this.#o;
    const { id, scope, deadlineAt } = this.#run;
    const subjects = await remaining(records, id);
    const memories = await memoriesOf(
      records,
      subjects.map((subject) => subject.host),
    );
    const exemptions = await listExemptions(records, this.#clock.now());
    this.#done = scope - subjects.length;
    const late = new AbortController();
    const cancel = this.#clock.after(Math.max(0, deadlineAt - this.#clock.now()), () => late.abort());
    const beat = setInterval(() => this.#later(() => this.#renew()), CLAIM_MS / 3);
    const inspect = async (subject: Subject) => {
      const asked = await this.#answerOf(subject, late.signal);
      const now = this.#clock.now();
      const memory: HostMemory | undefined = memories.get(subject.host);
      const judgement = judge(asked.subject, asked.answer, {
        now,
        exemptions,
        checks: this.#checks,
        settings: this.#o.settings,
        ...(memory && { memory }),
      });
      this.#take({ host: subject.host, judgement });
      onProgress(++this.#done, scope);
    };
    try {
      await each(subjects, concurrency, inspect);
      signal?.throwIfAborted();
      this.#flush();
      await this.#saving;
    } finally {
      cancel();
      clearInterval(beat);
      await this.#saving.catch(() => undefined);
    }
    const state: RunState = late.signal.aborted ? 'cut' : 'finished';
    await endRun(records, id, state, this.#clock.now());
    return state;
  }

  async #answerOf(subject: Subject, late: AbortSignal): Promise<{ answer: Answer; subject: Subject }> {
    const { reach, signal, hostTimeoutMs } = this.#o;
    signal?.throwIfAborted();
    const cut = { subject, answer: { failure: { kind: 'timeout', reason: 'the run had ended' } } } as const;
    if (late.aborted) return cut;
    const stop = signal ? AbortSignal.any([signal, late]) : late;
    const options = { signal: stop, clock: this.#clock, ...(hostTimeoutMs && { timeoutMs: hostTimeoutMs }) };
    return ask(reach(subject), subject, options).catch((error: unknown) => {
      if (late.aborted && !signal?.aborted) return cut;
      throw error;
    });
  }

  #take(done: HostDone): void {
    this.#full.push(done);
    if (this.#full.length >= BATCH) this.#flush();
  }

  #flush(): void {
    const batch = this.#full;
    this.#full = [];
    if (batch.length === 0) return;
    this.#later(() => saveResults(this.#o.records, this.#run.id, batch, this.#clock.now()));
  }

  /** Writes go one after the other. */
  #later(write: () => Promise<void>): void {
    this.#saving = this.#saving.then(write);
    this.#saving.catch(() => undefined);
  }

  async #renew(): Promise<void> {
    if (!(await this.claim())) throw new Error(`run ${this.#run.id} was taken up by another worker, or has ended`);
  }
}

/** So many at a time; the first failure ends it. */
async function each<T>(items: readonly T[], width: number, act: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
}
