/** All objects of one resource: the current state in key order, its recent history, and those who watch it. */
import sortedBtree from 'sorted-btree';
import type { Json } from '../registry/definition.ts';
import { type Attributes, type Change, Entry } from './entry.ts';
import { History } from './history.ts';

export type Tree = sortedBtree.default<string, Entry>;
export type Listener = (change: Change) => void;

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const SNAPSHOTS_KEPT = 4;

export class Collection {
  readonly name: string;
  readonly history: History;
  readonly #tree: Tree = new sortedBtree.default<string, Entry>(undefined, byCodeUnit);
  readonly #listeners = new Set<Listener>();
  /** Old states lately asked for: pages of one list come in a row. */
  readonly #snapshots = new Map<number, Tree>();
  /** Draws from an object what selectors look at; custom resources may change it. */
  describe: (object: Json) => Attributes;
  /** Do its writes wait a little for others, so that many small ones make one commit? */
  patient = false;

  constructor(name: string, compacted: number, describe: (object: Json) => Attributes = labelsOnly) {
    this.name = name;
    this.describe = describe;
    this.history = new History(compacted);
  }

  get size(): number {
    return this.#tree.size;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  get(key: string): Entry | undefined {
    return this.#tree.get(key);
  }

  /** The current state. Do not change it. */
  get current(): Tree {
    return this.#tree;
  }

  makeEntry(key: string, rev: number, json: Buffer, object?: Json): Entry {
    const describe = (o: Json) => this.describe(o);
    return new Entry(key, rev, json, describe, object && describe(object));
  }

  /** Takes in a committed change and tells the listeners; what one of them throws keeps it from nobody else. */
  publish(change: Change, onError: (error: unknown) => void): void {
    this.load(change);
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        onError(error);
      }
    }
  }

  /** Takes in a change that is only history by now (at start-up). */
  load(change: Change): void {
    if (change.type === 'DELETED') this.#tree.delete(change.entry.key);
    else this.#tree.set(change.entry.key, change.entry);
    if (change.rev > this.history.compacted) this.history.push(change);
  }

  /** The state at a revision, or undefined if that is compacted. `rev` must not lie in the future. */
  at(rev: number): Tree | undefined {
    if (rev < this.history.compacted) return undefined;
    const kept = this.#snapshots.get(rev);
    if (kept) return kept;
    const tree = this.#tree.clone();
    for (const change of this.history.backTo(rev)) {
      if (change.previous) tree.set(change.entry.key, change.previous);
      else tree.delete(change.entry.key);
    }
    this.#snapshots.set(rev, tree);
    for (const old of this.#snapshots.keys()) {
      if (this.#snapshots.size <= SNAPSHOTS_KEPT) break;
      this.#snapshots.delete(old);
    }
    return tree;
  }

  /** Forgets snapshots that are no longer worth their memory. */
  releaseSnapshots(): void {
    this.#snapshots.clear();
  }

  /** Calls `listener` for every change from now on; the answer ends that. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

function labelsOnly(object: Json): Attributes {
  return { labels: object.metadata?.labels ?? {}, fields: {} };
}
