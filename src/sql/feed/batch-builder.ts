/** Objects as one batch of the engine: rows go to temporary tables, then take the old rows' place in one transaction. */
import type { Append, Batch } from '../../engine/index.ts';
import type { KubeObject } from '../../kube/index.ts';
import {
  createKeys,
  createStage,
  deleteKeys,
  dropTemp,
  type Edition,
  emptyRows,
  insertStaged,
  type Layout,
  type Rows,
  stageOf,
} from '../tables/index.ts';

export class BatchBuilder {
  readonly #prepare: string[] = [];
  readonly #appends: Append[] = [];
  readonly #statements: string[] = [];

  /** Objects of one kind; one that is undefined is gone. Returns how many could not be read. */
  put(layout: Layout, cluster: string, objects: ReadonlyMap<bigint, KubeObject | undefined>): number {
    const rows = emptyRows(layout);
    let unread = 0;
    for (const [key, object] of objects) if (object && !addSafely(layout, rows, key, cluster, object)) unread++;
    this.delete(layout, 'live', [...objects.keys()]);
    this.insert(layout, 'live', rows);
    return unread;
  }

  delete(layout: Layout, edition: Edition, keys: readonly bigint[]): void {
    const name = `keys_${layout.tables[0]!.name}`;
    this.#prepare.push(createKeys(name));
    this.#appends.push({ table: name, columns: [keys] });
    this.#statements.push(...layout.tables.map((table) => deleteKeys(table, edition, name)), dropTemp(name));
  }

  insert(layout: Layout, edition: Edition, rows: readonly Rows[]): void {
    layout.tables.forEach((table, i) => {
      const { columns } = rows[i]!;
      if (columns[0]!.length === 0) return;
      this.#prepare.push(createStage(table));
      this.#appends.push({ table: stageOf(table), columns });
      this.#statements.push(insertStaged(table, edition), dropTemp(stageOf(table)));
    });
  }

  finally(...statements: readonly string[]): void {
    this.#statements.push(...statements);
  }

  build(): Batch {
    return { prepare: this.#prepare, appends: this.#appends, statements: this.#statements };
  }
}

/** An object in a form that nobody has foreseen costs its own row, not the others'. */
export function addSafely(
  layout: Layout,
  rows: readonly Rows[],
  key: bigint,
  cluster: string,
  object: KubeObject,
): boolean {
  const before = rows.map(({ columns }) => columns[0]!.length);
  try {
    layout.add(rows, key, { cluster, object });
    return true;
  } catch {
    rows.forEach(({ columns }, i) => {
      for (const column of columns) column.length = before[i]!;
    });
    return false;
  }
}
