/** Whose turn it is: one at a time for each key, and now and then one alone. */

export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();
  #alone: Promise<unknown> = Promise.resolve();

  /** Runs after all that were given this key before, and not beside one that runs alone. */
  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = Promise.allSettled([this.#last.get(key), this.#alone]);
    const turn = before.then(work);
    this.#last.set(key, turn);
    void turn.catch(() => {}).then(() => this.#last.get(key) === turn && this.#last.delete(key));
    return turn;
  }

  /** Runs when all that began before have ended; what comes later waits for it. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = Promise.allSettled([this.#alone, ...this.#last.values()]).then(work);
    this.#alone = turn;
    turn.catch(() => {});
    return turn;
  }
}
