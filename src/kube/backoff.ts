import type { Clock } from './clock.ts';

export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
  /** @default 2 */
  readonly factor?: number;
  /** Adds up to this share at random: 1 means up to twice the wait. @default 0 */
  readonly jitter?: number;
  /** Starts afresh when nothing failed for so long. @default never */
  readonly resetMs?: number;
  readonly clock: Clock;
  /** @default Math.random */
  readonly random?: () => number;
}

/** How long to wait before the next attempt: longer each time, up to a limit. */
export class Backoff {
  readonly #o: BackoffOptions;
  #next: number;
  #lastAt: number;

  constructor(options: BackoffOptions) {
    this.#o = options;
    this.#next = options.baseMs;
    this.#lastAt = options.clock.now();
  }

  next(): number {
    const { maxMs, factor = 2, jitter = 0, resetMs = Number.POSITIVE_INFINITY, clock, random = Math.random } = this.#o;
    if (clock.now() - this.#lastAt > resetMs) this.reset();
    const wait = this.#next * (1 + jitter * random());
    this.#next = Math.min(maxMs, this.#next * factor);
    this.#lastAt = clock.now() + wait;
    return Math.min(maxMs, wait);
  }

  reset(): void {
    this.#next = this.#o.baseMs;
  }
}
