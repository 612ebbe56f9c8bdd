/**
 * Some objects of one kind as rows, on their way to the tables. They are turned into rows as they come, so that nothing
 * else of them is kept.
 */
import type { KubeObject } from '../../kube/index.ts';
import { emptyRows, type Layout, type Rows } from '../tables/index.ts';
import { digestOf } from './digest.ts';
import type { KnownObjects } from './known-objects.ts';

export class Part {
  readonly layout: Layout;
  readonly rows: readonly Rows[];
  /** For each table whose rows of it are to go first. */
  readonly stale: readonly bigint[][];
  readonly #cluster: string;
  readonly #bare: () => boolean;
  readonly #changed = new Set<bigint>();
  #count = 0;
  #characters = 0;
  #unread = 0;

  /** `bare` tells whether documents are left out. */
  constructor(layout: Layout, cluster: string, bare: () => boolean = () => false) {
    this.layout = layout;
    this.#cluster = cluster;
    this.#bare = bare;
    this.rows = emptyRows(layout);
    this.stale = layout.tables.map(() => []);
  }

  /** Objects, also such as could not be read. */
  get count(): number {
    return this.#count;
  }

  /** Objects that nobody could foresee: they have no rows. */
  get unread(): number {
    return this.#unread;
  }

  get characters(): number {
    return this.#characters;
  }

  /** An object whose tables have no rows of it yet. */
  add(key: bigint, object: KubeObject, known: KnownObjects): void {
    const starts = this.rows.map(lengthOf);
    this.#addRows(key, object, starts);
    for (let i = 1; i < this.rows.length; i++) known.isSame(key, i - 1, this.#digest(i, starts[i]!));
    this.#count++;
  }

  /**
   * An object that has changed, or is gone. Of its parts only what `known` does not have already is written. False, and
   * without effect, for one that has changed before: rows of this part must have a key once.
   */
  change(key: bigint, object: KubeObject | undefined, known: KnownObjects): boolean {
    if (this.#changed.has(key)) return false;
    this.#changed.add(key);
    this.#count++;
    this.stale[0]!.push(key);
    if (object) this.#replace(key, object, known);
    else {
      known.delete(key);
      for (let i = 1; i < this.stale.length; i++) this.stale[i]!.push(key);
    }
    return true;
  }

  #replace(key: bigint, object: KubeObject, known: KnownObjects): void {
    known.add(key);
    const starts = this.rows.map(lengthOf);
    this.#addRows(key, object, starts);
    for (let i = 1; i < this.rows.length; i++) {
      if (known.isSame(key, i - 1, this.#digest(i, starts[i]!))) cut(this.rows[i]!, starts[i]!);
      else this.stale[i]!.push(key);
    }
  }

  /** An object in a form that nobody has foreseen costs its own rows, not the others'. */
  #addRows(key: bigint, object: KubeObject, starts: readonly number[]): void {
    try {
      this.#characters += this.layout.add(this.rows, key, { cluster: this.#cluster, object, bare: this.#bare() });
    } catch {
      this.#unread++;
      for (const [i, rows] of this.rows.entries()) cut(rows, starts[i]!);
    }
  }

  #digest(table: number, start: number): number {
    return digestOf(this.rows[table]!, start, this.layout.owners);
  }
}

function lengthOf({ columns }: Rows): number {
  return columns[0]!.length;
}

function cut({ columns }: Rows, length: number): void {
  for (const column of columns) column.length = length;
}
