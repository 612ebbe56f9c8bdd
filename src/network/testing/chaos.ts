/** Calls that go on only when told, in any order, or are cut off when their caller dies: with or without effect. */

interface Waiting {
  readonly owner: string;
  readonly go: (answered: boolean) => void;
}

export class Chaos {
  #waiting: Waiting[] = [];

  get waiting(): number {
    return this.#waiting.length;
  }

  /** The way of one owner's calls to a server. */
  pass(owner: string): <T>(work: () => T) => Promise<T> {
    return (work) =>
      new Promise((resolve, reject) => {
        const go = (answered: boolean) => {
          try {
            const done = work();
            if (answered) resolve(done);
          } catch (error) {
            if (answered) reject(error as Error);
          }
        };
        this.#waiting.push({ owner, go });
      });
  }

  /** Lets one of the waiting calls through. */
  release(pick: number): void {
    const [one] = this.#waiting.splice(pick % Math.max(1, this.#waiting.length), 1);
    one?.go(true);
  }

  /** Its calls never come back; those that `arrives` picks are carried out all the same. */
  kill(owner: string, arrives: (index: number) => boolean): void {
    const mine = this.#waiting.filter((one) => one.owner === owner);
    this.#waiting = this.#waiting.filter((one) => one.owner !== owner);
    for (const [i, one] of mine.entries()) if (arrives(i)) one.go(false);
  }
}
