/** A token bucket: so many at once, then so many a second. */
import type { Clock } from '../kube/index.ts';

export interface BudgetOptions {
  readonly clock: Clock;
  readonly burst: number;
  readonly perSecond: number;
}

export class Budget {
  readonly #o: BudgetOptions;
  #tokens: number;
  #at: number;

  constructor(options: BudgetOptions) {
    this.#o = options;
    this.#tokens = options.burst;
    this.#at = options.clock.now();
  }

  /** Takes one, if there is one. */
  spend(): boolean {
    const now = this.#o.clock.now();
    const { burst, perSecond } = this.#o;
    this.#tokens = Math.min(burst, this.#tokens + (perSecond * (now - this.#at)) / 1000);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
