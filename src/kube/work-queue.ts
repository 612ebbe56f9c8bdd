/** Keys that wait to be worked on. */

import { type Clock, systemClock } from './clock.ts';
import { exponentialLimiter, type RateLimiter } from './rate-limiter.ts';

export interface WorkQueueOptions {
  readonly clock?: Clock;
  /** For {@link WorkQueue.addRateLimited}. @default 5 ms doubling up to 1000 s */
  readonly limiter?: RateLimiter;
  /** Told of every change, for metrics. */
  readonly observer?: WorkQueueObserver;
}

export interface WorkQueueObserver {
  added?(key: string): void;
  /** A worker took the key that had waited so long. */
  taken?(key: string, waitedMs: number): void;
  done?(key: string, workedMs: number): void;
  retried?(key: string): void;
}

/** A key that has been added, and when. */
interface Turn {
  readonly since: number;
  readonly urgent: boolean;
}

/**
 * First in, first out, with these promises: a key waits at most once however often it is added; a key is never worked on
 * twice at the same time; a key added while it is worked on comes again afterwards. Urgent keys go before all others.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #limiter: RateLimiter;
  readonly #observer: WorkQueueObserver;
  /** Each in the order of its turn, with the time it was added; a key is in one of the two at most. */
  readonly #urgent = new Map<string, number>();
  readonly #waiting = new Map<string, number>();
  /** Keys being worked on, since when, and whether they are to come again. */
  readonly #working = new Map<string, { since: number; again: Turn | undefined }>();
  readonly #delayed = new Map<string, { at: number; cancel: () => void }>();
  #takers: PromiseWithResolvers<string | undefined>[] = [];
  #closed = false;

  constructor(options: WorkQueueOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#limiter = options.limiter ?? exponentialLimiter();
    this.#observer = options.observer ?? {};
  }

  /** Keys waiting for a worker now. */
  get size(): number {
    return this.#urgent.size + this.#waiting.size;
  }

  add(key: string): void {
    this.#add(key, false);
  }

  /** Somebody waits for it: before all keys that were merely added, after those as urgent that came earlier. */
  addUrgent(key: string): void {
    this.#add(key, true);
  }

  /** Of several delays the one that ends first counts. */
  addAfter(key: string, ms: number): void {
    if (ms <= 0) this.add(key);
    else if (!this.#closed) this.#delay(key, ms);
  }

  /** After a failure: waits longer each time until {@link forget}. */
  addRateLimited(key: string): void {
    this.#observer.retried?.(key);
    this.addAfter(key, this.#limiter.when(key));
  }

  forget(key: string): void {
    this.#limiter.forget(key);
  }

  failures(key: string): number {
    return this.#limiter.failures(key);
  }

  /** The next key, which must be given back with {@link done}; undefined when the queue was closed and is empty. */
  take(): Promise<string | undefined> {
    const lane = this.#urgent.size > 0 ? this.#urgent : this.#waiting;
    const next = lane.entries().next();
    if (!next.done) {
      lane.delete(next.value[0]);
      return Promise.resolve(this.#begin(next.value[0], next.value[1]));
    }
    if (this.#closed) return Promise.resolve(undefined);
    const taker = Promise.withResolvers<string | undefined>();
    this.#takers.push(taker);
    return taker.promise;
  }

  done(key: string): void {
    const working = this.#working.get(key);
    if (!working) return;
    this.#working.delete(key);
    if (working.again) this.#offer(key, working.again);
    this.#observer.done?.(key, this.#clock.now() - working.since);
  }

  /** Takes no more keys, forgets the delayed ones, and lets the waiting ones be taken. */
  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    for (const taker of this.#takers.splice(0)) taker.resolve(undefined);
  }

  #add(key: string, urgent: boolean): void {
    if (this.#closed || this.#urgent.has(key)) return;
    const since = this.#waiting.get(key);
    if (since !== undefined) {
      if (urgent) this.#hasten(key, since);
      return;
    }
    const working = this.#working.get(key);
    const again = working?.again;
    const turn = { since: again?.since ?? this.#clock.now(), urgent: urgent || (again?.urgent ?? false) };
    if (working) working.again = turn;
    else this.#offer(key, turn);
    if (!again) this.#observer.added?.(key);
  }

  #hasten(key: string, since: number): void {
    this.#waiting.delete(key);
    this.#urgent.set(key, since);
  }

  #offer(key: string, { since, urgent }: Turn): void {
    const taker = this.#takers.shift();
    if (taker) taker.resolve(this.#begin(key, since));
    else (urgent ? this.#urgent : this.#waiting).set(key, since);
  }

  #begin(key: string, since: number): string {
    const now = this.#clock.now();
    this.#working.set(key, { since: now, again: undefined });
    this.#observer.taken?.(key, now - since);
    return key;
  }

  #delay(key: string, ms: number): void {
    const at = this.#clock.now() + ms;
    const known = this.#delayed.get(key);
    if (known && known.at <= at) return;
    known?.cancel();
    const cancel = this.#clock.after(ms, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, cancel });
  }
}
