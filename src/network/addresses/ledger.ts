/** Which addresses of a block are free, as far as is known: a hint for whom to ask, never the proof of ownership. */
import type { Address } from './address.ts';
import { Bitmap } from './bitmap.ts';
import type { PoolSpace } from './pool-space.ts';

export class Ledger {
  readonly space: PoolSpace;
  readonly #bitmap: Bitmap;
  #next = 0;

  constructor(space: PoolSpace) {
    this.space = space;
    this.#bitmap = new Bitmap(space.size);
  }

  get total(): number {
    return this.space.size;
  }

  get taken(): number {
    return this.#bitmap.taken;
  }

  /** The next free address, going round so that one that became free rests as long as possible. */
  take(): Address | undefined {
    const index = this.#bitmap.nextFree(this.#next);
    if (index === undefined) return undefined;
    this.#bitmap.take(index);
    this.#next = index + 1 < this.space.size ? index + 1 : 0;
    return this.space.at(index);
  }

  /** `free`: taken now. `taken`: it was before. `foreign`: it is not one of these. */
  note(address: Address): 'free' | 'taken' | 'foreign' {
    const index = this.space.indexOf(address);
    if (index === undefined) return 'foreign';
    return this.#bitmap.take(index) ? 'free' : 'taken';
  }

  free(address: Address): boolean {
    const index = this.space.indexOf(address);
    return index !== undefined && this.#bitmap.free(index);
  }

  /** Is this one of the block's addresses? */
  offers(address: Address): boolean {
    return this.space.indexOf(address) !== undefined;
  }
}
