/** Carries what has changed to the API: each key once at a time, so many at once, again and later when refused. */
import { type Clock, StatusError } from '../kube/index.ts';
import { Agenda } from './agenda.ts';

export interface CourierOptions<K> {
  readonly clock: Clock;
  /** Deliveries at a time. */
  readonly concurrency: number;
  /**
   * Brings the API up to date for this key, from what is the case now and not when the key was marked. An error means
   * again later, except that a StatusError for which `gaveUp` answers true is final.
   */
  readonly deliver: (key: K) => Promise<void>;
  readonly gaveUp?: (error: StatusError) => boolean;
  readonly onError?: (error: unknown, key: K) => void;
}

const FIRST_RETRY_MS = 100;
const MOST_RETRY_MS = 10_000;

export class Courier<K> {
  readonly #o: CourierOptions<K>;
  readonly #waiting = new Set<K>();
  readonly #underway = new Set<K>();
  readonly #failures = new Map<K, number>();
  readonly #later: Agenda<K>;
  #closed = false;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(options: CourierOptions<K>) {
    this.#o = options;
    this.#later = new Agenda({ clock: options.clock, due: (key) => this.mark(key) });
  }

  /** Keys waiting or on their way. */
  get size(): number {
    return this.#waiting.size + this.#underway.size + this.#later.size;
  }

  mark(key: K): void {
    if (this.#closed) return;
    this.#waiting.add(key);
    this.#send();
  }

  isBusy(key: K): boolean {
    return this.#waiting.has(key) || this.#underway.has(key) || this.#failures.has(key);
  }

  forget(key: K): void {
    this.#waiting.delete(key);
    this.#failures.delete(key);
    this.#later.remove(key);
  }

  /** Takes no more; resolves when what is on its way has arrived or failed. */
  close(): Promise<void> {
    this.#closed = true;
    this.#waiting.clear();
    this.#later.close();
    if (this.#underway.size === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  #send(): void {
    if (this.#underway.size >= this.#o.concurrency) return;
    for (const key of this.#waiting) {
      if (this.#underway.has(key)) continue;
      this.#waiting.delete(key);
      this.#underway.add(key);
      void this.#deliver(key);
      if (this.#underway.size >= this.#o.concurrency) return;
    }
  }

  async #deliver(key: K): Promise<void> {
    try {
      await this.#o.deliver(key);
      this.#failures.delete(key);
    } catch (error) {
      this.#failed(key, error);
    }
    this.#underway.delete(key);
    if (this.#underway.size === 0) this.#idle?.resolve();
    this.#send();
  }

  #failed(key: K, error: unknown): void {
    if (this.#closed) return;
    const status = error instanceof StatusError ? error : undefined;
    if (status && this.#o.gaveUp?.(status)) {
      this.#failures.delete(key);
      return;
    }
    this.#o.onError?.(error, key);
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const asked = (status?.status.details?.retryAfterSeconds ?? 0) * 1000;
    const wait = Math.max(asked, Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MOST_RETRY_MS));
    this.#later.set(key, this.#o.clock.now() + wait);
  }
}
