/** Who may start a query now: so many at a time, so many of one user, the others wait their turn in a short queue. */
import { EngineError } from './engine-error.ts';

export interface AdmissionOptions {
  /** Queries that run at a time. */
  readonly concurrent: number;
  /** Of one user at a time. */
  readonly perUser: number;
  /** Queries that may wait. */
  readonly queue: number;
}

interface Waiting {
  readonly user: string;
  readonly start: () => void;
}

export class Admission {
  readonly #o: AdmissionOptions;
  readonly #running = new Map<string, number>();
  #count = 0;
  #waiting: Waiting[] = [];

  constructor(options: AdmissionOptions) {
    this.#o = options;
  }

  get running(): number {
    return this.#count;
  }

  /** Resolves with what gives the place back. A wait that is aborted never becomes a start. */
  async enter(user: string, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (!this.#free(user)) await this.#wait(user, signal);
    else this.#take(user);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#leave(user);
    };
  }

  #wait(user: string, signal?: AbortSignal): Promise<void> {
    const { queue, concurrent, perUser } = this.#o;
    if (this.#waiting.length >= queue) {
      const text = `too many queries: ${concurrent} run at a time, ${perUser} of one user, and ${queue} wait already`;
      return Promise.reject(new EngineError('53300', text, { hint: 'Try again in a moment.' }));
    }
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(signal?.reason as Error);
      };
      const start = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const waiting = { user, start };
      this.#waiting.push(waiting);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  #free(user: string): boolean {
    return this.#count < this.#o.concurrent && (this.#running.get(user) ?? 0) < this.#o.perUser;
  }

  #take(user: string): void {
    this.#count++;
    this.#running.set(user, (this.#running.get(user) ?? 0) + 1);
  }

  #leave(user: string): void {
    this.#count--;
    const left = this.#running.get(user)! - 1;
    if (left === 0) this.#running.delete(user);
    else this.#running.set(user, left);
    const next = this.#waiting.find((waiting) => this.#free(waiting.user));
    if (!next) return;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== next);
    this.#take(next.user);
    next.start();
  }
}
