import type { Clock } from './clock.ts';

/** Barks once when it has not been fed for `ms`. */
export class Watchdog implements Disposable {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #bark: () => void;
  #fed: number;
  #cancel: () => void;

  constructor(clock: Clock, ms: number, bark: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#bark = bark;
    this.#fed = clock.now();
    this.#cancel = clock.after(ms, () => this.#look());
  }

  feed(): void {
    this.#fed = this.#clock.now();
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }

  /** One timer a period, however often it is fed. */
  #look(): void {
    const left = this.#fed + this.#ms - this.#clock.now();
    if (left <= 0) this.#bark();
    else this.#cancel = this.#clock.after(left, () => this.#look());
  }
}
