/** Runs a reconcile function over a queue of keys. */

import type { Registry } from 'prom-client';
import { type Clock, systemClock } from './clock.ts';
import type { ControllerMetrics } from './controller-metrics.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { WorkQueue } from './work-queue.ts';

/** Nothing, or when to look again though nothing failed. */
// biome-ignore lint/suspicious/noConfusingVoidType: an async function without a return is a reconcile too
export type ReconcileResult = void | { requeueAfterMs: number };

export interface ControllerOptions {
  readonly name: string;
  /**
   * Compares what is with what should be for one key and takes one step. It is called again whenever the key may have
   * changed, and after an error later and later (5 ms, doubling, up to 1000 s), so it must not count on being called
   * once, nor for each change.
   */
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<ReconcileResult>;
  /** Keys worked on at once; one key is never worked on twice at once. @default 1 */
  readonly concurrency?: number;
  readonly clock?: Clock;
  readonly limiter?: RateLimiter;
  /** Where the queue's and the reconciles' figures go; nowhere without it. */
  readonly metrics?: Registry;
  /** Told of every error of `reconcile`, with the number of failures in a row. */
  readonly onError?: (error: unknown, key: string, attempt: number) => void;
}

/** Reconciles that never really wait must not keep everybody else from running. */
const BREATH = 64;

export class Controller {
  readonly #o: ControllerOptions;
  readonly #clock: Clock;
  readonly #queue: WorkQueue;
  #metrics: ControllerMetrics | undefined;
  #started = false;
  #count = 0;

  constructor(options: ControllerOptions) {
    this.#o = options;
    this.#clock = options.clock ?? systemClock;
    this.#queue = new WorkQueue({
      clock: this.#clock,
      limiter: options.limiter,
      observer: {
        added: () => this.#metrics?.added(this.#queue.size),
        taken: (_, waitedMs) => this.#metrics?.taken(this.#queue.size, waitedMs),
        done: (_, workedMs) => this.#metrics?.done(this.#queue.size, workedMs),
        retried: () => this.#metrics?.retried(),
      },
    });
  }

  /** May be called before `start`: the key waits. */
  enqueue(key: string, afterMs = 0): void {
    this.#queue.addAfter(key, afterMs);
  }

  /** Ahead of all keys that nobody waits for. */
  enqueueUrgent(key: string): void {
    this.#queue.addUrgent(key);
  }

  /** Keys waiting now. */
  get pending(): number {
    return this.#queue.size;
  }

  /** Resolves when the signal has aborted and the last reconcile has ended. Keys still waiting then are dropped. */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#started) throw new Error(`controller ${this.#o.name} was started before`);
    this.#started = true;
    if (this.#o.metrics) await this.#openMetrics(this.#o.metrics);
    const close = () => this.#queue.close();
    if (signal.aborted) close();
    signal.addEventListener('abort', close, { once: true });
    await Promise.all(Array.from({ length: this.#o.concurrency ?? 1 }, () => this.#work(signal)));
  }

  async #openMetrics(registry: Registry): Promise<void> {
    const { controllerMetrics } = await import('./controller-metrics.ts');
    this.#metrics = controllerMetrics(registry, this.#o.name);
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (;;) {
      const key = await this.#queue.take();
      if (key === undefined || signal.aborted) return;
      await this.#reconcile(key, signal);
      this.#queue.done(key);
      if (++this.#count % BREATH === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #reconcile(key: string, signal: AbortSignal): Promise<void> {
    const startedAt = this.#clock.now();
    try {
      const result = await this.#o.reconcile(key, signal);
      this.#queue.forget(key);
      if (result) this.#queue.addAfter(key, result.requeueAfterMs);
      this.#metrics?.reconciled(result ? 'requeue_after' : 'success', this.#clock.now() - startedAt);
    } catch (error) {
      this.#metrics?.reconciled('error', this.#clock.now() - startedAt);
      if (!signal.aborted) this.#failed(key, error);
    }
  }

  #failed(key: string, error: unknown): void {
    this.#queue.addRateLimited(key);
    try {
      this.#o.onError?.(error, key, this.#queue.failures(key));
    } catch {
      // A report that fails has nowhere to be reported to; the key is queued again either way.
    }
  }
}
