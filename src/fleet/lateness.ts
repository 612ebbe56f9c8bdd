/** Durations of the last minute, enough to tell how long the long ones are. */
import type { Clock } from '../kube/index.ts';

const WINDOW_MS = 60_000;

export class Lateness {
  readonly #clock: Clock;
  #notes: { readonly at: number; readonly ms: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(ms: number): void {
    this.#notes.push({ at: this.#clock.now(), ms });
    if (this.#notes.length % 4096 === 0) this.#forget();
  }

  /** The duration that this share of them does not exceed; 0 when there are none. */
  quantile(share: number): number {
    this.#forget();
    const sorted = this.#notes.map((note) => note.ms).sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  }

  #forget(): void {
    const since = this.#clock.now() - WINDOW_MS;
    this.#notes = this.#notes.filter((note) => note.at > since);
  }
}
