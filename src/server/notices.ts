/** Gathers what has changed, and tells listeners of each topic once a second at most. */
import { type Clock, systemClock } from '../kube/index.ts';

const EVERY_MS = 1000;

export type Listener = (topics: readonly string[]) => void;

export class Notices {
  readonly #clock: Clock;
  readonly #listeners = new Map<Listener, ReadonlySet<string>>();
  readonly #changed = new Set<string>();
  #due = false;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** How many listen now. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Something of this topic has changed. */
  tell(topic: string): void {
    this.#changed.add(topic);
    if (this.#due) return;
    this.#due = true;
    this.#clock.after(EVERY_MS, () => this.#flush());
  }

  /** Answers what ends it. */
  listen(topics: Iterable<string>, listener: Listener): () => void {
    this.#listeners.set(listener, new Set(topics));
    return () => this.#listeners.delete(listener);
  }

  #flush(): void {
    const changed = [...this.#changed];
    this.#changed.clear();
    this.#due = false;
    for (const [listener, topics] of this.#listeners) {
      const own = changed.filter((topic) => topics.has(topic));
      if (own.length > 0) listener(own);
    }
  }
}
