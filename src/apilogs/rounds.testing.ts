/** A clock for what works in rounds: it stands still until the test asks for the next round, and tells when that is over. */
import type { Clock } from '../kube/index.ts';

export class Rounds implements Clock {
  #asleep = Promise.withResolvers<() => void>();
  readonly #now: number;

  constructor(now = Date.UTC(2026, 10, 26, 12)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(_: number, callback: () => void): () => void {
    this.#asleep.resolve(callback);
    return () => undefined;
  }

  /** What works in rounds has ended: who waits for one hears why. */
  end(done: Promise<unknown>): void {
    done.then(
      () => undefined,
      (error: unknown) => this.#asleep.reject(error),
    );
    this.#asleep.promise.catch(() => undefined);
  }

  /** The round that is going on has ended. */
  async over(): Promise<void> {
    await this.#asleep.promise;
  }

  /** One more round, to its end. */
  async next(): Promise<void> {
    const wake = await this.#asleep.promise;
    this.#asleep = Promise.withResolvers();
    wake();
    await this.over();
  }
}
