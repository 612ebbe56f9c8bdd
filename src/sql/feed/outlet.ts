/** Where batches go: to the engine, a few at a time, so that what reads a cluster waits when the engine is behind. */
import type { Batch } from '../../engine/index.ts';

/** Batches under way after which readers wait. */
const MANY = 4;

export class Outlet {
  readonly #write: (batch: Batch) => Promise<void>;
  #underWay = 0;
  #waiting: (() => void)[] = [];

  constructor(write: (batch: Batch) => Promise<void>) {
    this.#write = write;
  }

  get idle(): boolean {
    return this.#underWay === 0;
  }

  /** Resolves when the batch is in force; batches take effect in order. */
  async send(batch: Batch): Promise<void> {
    this.#underWay++;
    try {
      await this.#write(batch);
    } finally {
      this.#underWay--;
      if (this.#underWay < MANY) this.#release();
    }
  }

  /** Resolves when there is room for more. */
  async drained(): Promise<void> {
    while (this.#underWay >= MANY) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
