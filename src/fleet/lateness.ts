/** The latest of a stream of durations, enough to tell how late the late ones are. */
const KEPT = 10_000;

export class Lateness {
  readonly #values: number[] = [];
  #at = 0;

  note(ms: number): void {
    this.#values[this.#at] = ms;
    this.#at = (this.#at + 1) % KEPT;
  }

  /** The value that this share of the kept ones does not exceed; 0 when there are none. */
  quantile(share: number): number {
    const sorted = [...this.#values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  }
}
