/**
 * What the store holds of one kind of one cluster, object by object, in little memory: its key, and for each table of its
 * parts a digest of the rows last written there, so that parts that have not changed are not written again.
 */

const LEAST = 1024;
/** The largest share of the places that may be taken. */
const FULL = 0.7;
/** A digest of nothing that was ever written: what is stored is unknown. */
const UNKNOWN = 0;
const [FREE, TAKEN, GONE] = [0, 1, 2];

export class KnownObjects {
  readonly #parts: number;
  readonly #scratch = new BigInt64Array(1);
  readonly #halves = new Uint32Array(this.#scratch.buffer);
  #keys = new BigInt64Array(LEAST);
  #states = new Uint8Array(LEAST);
  #digests: Float64Array;
  #size = 0;
  #used = 0;

  /** `parts` is how many tables of parts the kind has. */
  constructor(parts: number) {
    this.#parts = parts;
    this.#digests = new Float64Array(LEAST * parts);
  }

  get size(): number {
    return this.#size;
  }

  /** Whether it is new. */
  add(key: bigint): boolean {
    const place = this.#placeOf(key);
    if (this.#states[place] === TAKEN) return false;
    this.#keys[place] = key;
    this.#states[place] = TAKEN;
    this.#size++;
    if (++this.#used > this.#states.length * FULL) this.#rebuild();
    return true;
  }

  delete(key: bigint): void {
    const place = this.#placeOf(key);
    if (this.#states[place] !== TAKEN) return;
    this.#states[place] = GONE;
    this.#digests.fill(UNKNOWN, place * this.#parts, (place + 1) * this.#parts);
    this.#size--;
  }

  /** Whether the rows of this part are those that were written last; from now on these are. */
  isSame(key: bigint, part: number, digest: number): boolean {
    const place = this.#placeOf(key);
    if (this.#states[place] !== TAKEN) return false;
    const at = place * this.#parts + part;
    const same = this.#digests[at] === digest;
    this.#digests[at] = digest;
    return same;
  }

  /** Where the key is, or where it would be put. */
  #placeOf(key: bigint): number {
    const mask = this.#states.length - 1;
    this.#scratch[0] = key;
    let place = (this.#halves[0]! ^ this.#halves[1]!) & mask;
    while (this.#states[place] !== FREE) {
      if (this.#states[place] === TAKEN && this.#keys[place] === key) return place;
      place = (place + 1) & mask;
    }
    return place;
  }

  /** Those that are gone leave holes, which end here. */
  #rebuild(): void {
    const [keys, states, digests] = [this.#keys, this.#states, this.#digests];
    let places = LEAST;
    while (places * FULL < this.#size * 1.5) places *= 2;
    this.#keys = new BigInt64Array(places);
    this.#states = new Uint8Array(places);
    this.#digests = new Float64Array(places * this.#parts);
    this.#used = this.#size;
    for (let old = 0; old < states.length; old++) if (states[old] === TAKEN) this.#move(keys, digests, old);
  }

  #move(keys: BigInt64Array, digests: Float64Array, old: number): void {
    const place = this.#placeOf(keys[old]!);
    this.#keys[place] = keys[old]!;
    this.#states[place] = TAKEN;
    for (let i = 0; i < this.#parts; i++) this.#digests[place * this.#parts + i] = digests[old * this.#parts + i]!;
  }
}
