/** How many terminals each person has open. */
export class OpenTerminals {
  readonly #most: number;
  readonly #open = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** False when there are too many; else `leave` must follow. */
  enter(person: string): boolean {
    const open = this.#open.get(person) ?? 0;
    if (open >= this.#most) return false;
    this.#open.set(person, open + 1);
    return true;
  }

  leave(person: string): void {
    const open = (this.#open.get(person) ?? 1) - 1;
    if (open > 0) this.#open.set(person, open);
    else this.#open.delete(person);
  }
}
