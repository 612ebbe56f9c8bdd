/** Which of very many numbers are taken: words of bits, made only where something is taken. */

const WORDS = 32;
const CHUNK = WORDS * 32;

interface Chunk {
  readonly words: Uint32Array;
  taken: number;
}

/** Numbers from 0 up to `size`, which may be larger than what could ever be taken. */
export class Bitmap {
  readonly size: number;
  readonly #chunks = new Map<number, Chunk>();
  #taken = 0;

  constructor(size: number) {
    if (!(Number.isSafeInteger(size) && size >= 0)) throw new RangeError(`bitmap of ${size}: expected a whole number`);
    this.size = size;
  }

  get taken(): number {
    return this.#taken;
  }

  has(index: number): boolean {
    const chunk = this.#chunks.get(Math.floor(index / CHUNK));
    return chunk !== undefined && (chunk.words[(index % CHUNK) >>> 5]! & bit(index)) !== 0;
  }

  /** False: it was taken before. */
  take(index: number): boolean {
    if (!(index >= 0 && index < this.size)) throw new RangeError(`${index} is not below ${this.size}`);
    if (this.has(index)) return false;
    const chunk = this.#chunk(Math.floor(index / CHUNK));
    chunk.words[(index % CHUNK) >>> 5]! |= bit(index);
    chunk.taken++;
    this.#taken++;
    return true;
  }

  /** False: it was free before. */
  free(index: number): boolean {
    if (!this.has(index)) return false;
    const at = Math.floor(index / CHUNK);
    const chunk = this.#chunks.get(at)!;
    chunk.words[(index % CHUNK) >>> 5]! &= ~bit(index);
    this.#taken--;
    if (--chunk.taken === 0) this.#chunks.delete(at);
    return true;
  }

  /** The first free number at or after `from`, going round; undefined when all are taken. */
  nextFree(from: number): number | undefined {
    if (this.#taken >= this.size) return undefined;
    return this.#freeBetween(from, this.size) ?? this.#freeBetween(0, Math.min(from, this.size));
  }

  #freeBetween(from: number, end: number): number | undefined {
    for (let index = from; index < end; ) {
      const chunk = this.#chunks.get(Math.floor(index / CHUNK));
      if (!chunk) return index;
      if (chunk.taken === CHUNK) index = (Math.floor(index / CHUNK) + 1) * CHUNK;
      else if (chunk.words[(index % CHUNK) >>> 5] === FULL) index = (Math.floor(index / 32) + 1) * 32;
      else if (!this.has(index)) return index;
      else index++;
    }
    return undefined;
  }

  #chunk(at: number): Chunk {
    const known = this.#chunks.get(at);
    if (known) return known;
    const made = { words: new Uint32Array(WORDS), taken: 0 };
    this.#chunks.set(at, made);
    return made;
  }
}

const FULL = 0xffffffff;

function bit(index: number): number {
  return 1 << (index % 32);
}
