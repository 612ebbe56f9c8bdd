/**
 * Shares the server among users: so many requests run at a time, and when there are more, every user's next one takes
 * its turn. A user who sends too much waits in his own queue, and is sent away when that is full; nobody else is.
 */
import { failure } from '../../kube/index.ts';

export interface FairQueueOptions {
  /** Requests that run at a time. @default 200 */
  readonly seats?: number;
  /** Requests that one user may have waiting. @default 5_000 */
  readonly perUser?: number;
}

const RETRY_SECONDS = 1;

export class FairQueue {
  readonly #seats: number;
  readonly #perUser: number;
  #running = 0;
  /** Users with requests waiting, in the order of their turns. */
  readonly #queues = new Map<string, (() => void)[]>();
  /** Requests sent away so far. */
  rejected = 0;

  constructor({ seats = 200, perUser = 5_000 }: FairQueueOptions = {}) {
    this.#seats = seats;
    this.#perUser = perUser;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    let count = 0;
    for (const queue of this.#queues.values()) count += queue.length;
    return count;
  }

  /** Runs `work` when it is this user's turn. Throws 429 when too many of his wait already. */
  async run<T>(user: string, work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#seats) await this.#turn(user);
    else this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#next();
    }
  }

  /** Waits for a seat; it is taken when this resolves. */
  #turn(user: string): Promise<void> {
    const queue = this.#queues.get(user) ?? [];
    if (queue.length >= this.#perUser) {
      this.rejected++;
      throw failure('TooManyRequests', 'too many requests, please try again later', {
        retryAfterSeconds: RETRY_SECONDS,
      });
    }
    this.#queues.set(user, queue);
    return new Promise((start) => queue.push(start));
  }

  #next(): void {
    while (this.#running < this.#seats) {
      const turn = this.#queues.entries().next();
      if (turn.done) return;
      const [user, queue] = turn.value;
      const start = queue.shift()!;
      // The user goes to the end of the row, or out of it.
      this.#queues.delete(user);
      if (queue.length > 0) this.#queues.set(user, queue);
      this.#running++;
      start();
    }
  }
}
