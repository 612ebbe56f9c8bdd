/** A Job whose Pods keep failing starts the next one later and later: 10 s, 20 s, … 10 minutes. */

const FIRST_MS = 10_000;
const LONGEST_MS = 10 * 60_000;

/** Memory of failures since the last success; losing it only means trying sooner. */
export class RetryBackoff {
  readonly #failures = new Map<string, { count: number; last: number }>();

  note(job: string, succeeded: number, failed: number, now: number): void {
    if (succeeded > 0) this.#failures.delete(job);
    if (failed === 0) return;
    const count = (this.#failures.get(job)?.count ?? 0) + failed;
    this.#failures.set(job, { count, last: now });
  }

  /** Milliseconds that a new Pod has to wait. */
  waitOf(job: string, now: number): number {
    const failures = this.#failures.get(job);
    if (!failures) return 0;
    const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(20, failures.count - 1));
    return Math.max(0, failures.last + wait - now);
  }

  forget(job: string): void {
    this.#failures.delete(job);
  }
}
