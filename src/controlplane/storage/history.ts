/** The recent changes of one collection, oldest first: what watchers resume from and old snapshots are rebuilt from. */
import type { Change } from './entry.ts';

export class History {
  #changes: Change[] = [];
  /** Index of the oldest change still kept; the array is trimmed now and then. */
  #start = 0;
  #bytes = 0;
  /** Changes up to and including this revision are gone. */
  compacted: number;

  constructor(compacted: number) {
    this.compacted = compacted;
  }

  /** Bytes of JSON held by the changes. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#changes.length - this.#start;
  }

  push(change: Change): void {
    this.#changes.push(change);
    this.#bytes += change.entry.json.length;
  }

  /** Changes with a revision above `rev`, oldest first. Only valid for `rev >= compacted`. */
  *after(rev: number): IterableIterator<Change> {
    for (let i = this.#indexAfter(rev); i < this.#changes.length; i++) yield this.#changes[i]!;
  }

  /** The same, newest first. */
  *backTo(rev: number): IterableIterator<Change> {
    for (let i = this.#changes.length - 1; i >= this.#start; i--) {
      const change = this.#changes[i]!;
      if (change.rev <= rev) return;
      yield change;
    }
  }

  /** Drops the oldest changes for as long as `unwanted` says so; answers what was dropped. */
  trim(unwanted: (change: Change, bytesKept: number) => boolean): Change[] {
    const from = this.#start;
    while (this.#start < this.#changes.length && unwanted(this.#changes[this.#start]!, this.#bytes)) {
      const change = this.#changes[this.#start++]!;
      this.#bytes -= change.entry.json.length;
      this.compacted = change.rev;
    }
    const dropped = this.#changes.slice(from, this.#start);
    if (this.#start > 1024 && this.#start > this.#changes.length / 2) {
      this.#changes = this.#changes.slice(this.#start);
      this.#start = 0;
    }
    return dropped;
  }

  #indexAfter(rev: number): number {
    let low = this.#start;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#changes[middle]!.rev <= rev) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
