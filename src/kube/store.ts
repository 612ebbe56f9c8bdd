import type { KubeObject } from './object.ts';

/** Which values an object is found under; pure, and asked again when the object changes. */
export type Indexer<T> = (object: T) => readonly string[];

/**
 * Objects by key (see `keyOf`) and by index. What it gives out is shared: nobody may change it.
 */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();

  readonly #onError: (error: unknown) => void;

  /** An object whose indexer throws is found by its key only; `onError` is told. */
  constructor(indexers: Readonly<Record<string, Indexer<T>>> = {}, onError: (error: unknown) => void = () => {}) {
    this.#onError = onError;
    for (const [name, indexer] of Object.entries(indexers)) this.addIndex(name, indexer);
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): IterableIterator<T> {
    return this.#objects.values();
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  /** Adding the same index twice is fine; another one of the same name is an error. */
  addIndex(name: string, indexer: Indexer<T>): void {
    const known = this.#indexes.get(name);
    if (known?.indexer === indexer) return;
    if (known) throw new Error(`index ${name} is there already, with another meaning`);
    const index = new Index(indexer, this.#onError);
    for (const [key, object] of this.#objects) index.move(key, undefined, object);
    this.#indexes.set(name, index);
  }

  byIndex(name: string, value: string): readonly T[] {
    return Array.from(this.#index(name).keys(value), (key) => this.#objects.get(key)!);
  }

  /** The values of an index that objects are found under. */
  indexValues(name: string): IterableIterator<string> {
    return this.#index(name).values();
  }

  /** Answers what was there before. */
  set(key: string, object: T): T | undefined {
    const old = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) index.move(key, old, object);
    return old;
  }

  delete(key: string): T | undefined {
    const old = this.#objects.get(key);
    if (!old) return undefined;
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) index.move(key, old, undefined);
    return old;
  }

  #index(name: string): Index<T> {
    const index = this.#indexes.get(name);
    if (!index)
      throw new Error(`there is no index ${name}; there are: ${[...this.#indexes.keys()].join(', ') || 'none'}`);
    return index;
  }
}

class Index<T> {
  readonly indexer: Indexer<T>;
  readonly #keys = new Map<string, Set<string>>();
  readonly #onError: (error: unknown) => void;

  constructor(indexer: Indexer<T>, onError: (error: unknown) => void) {
    this.indexer = indexer;
    this.#onError = onError;
  }

  keys(value: string): Iterable<string> {
    return this.#keys.get(value) ?? [];
  }

  values(): IterableIterator<string> {
    return this.#keys.keys();
  }

  move(key: string, old: T | undefined, object: T | undefined): void {
    const before = old === undefined ? [] : this.#valuesOf(old);
    const after = object === undefined ? [] : this.#valuesOf(object);
    for (const value of before) if (!after.includes(value)) this.#remove(value, key);
    for (const value of after) if (!before.includes(value)) this.#add(value, key);
  }

  #valuesOf(object: T): readonly string[] {
    try {
      return this.indexer(object);
    } catch (error) {
      this.#onError(error);
      return [];
    }
  }

  #add(value: string, key: string): void {
    const keys = this.#keys.get(value);
    if (keys) keys.add(key);
    else this.#keys.set(value, new Set([key]));
  }

  #remove(value: string, key: string): void {
    const keys = this.#keys.get(value);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(value);
  }
}
