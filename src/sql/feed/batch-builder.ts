/** Objects as one batch of the engine: rows go to temporary tables, then take the old rows' place in one transaction. */
import type { Append, Batch } from '../../engine/index.ts';
import {
  createKeys,
  createStage,
  deleteKeys,
  dropTemp,
  type Edition,
  insertStaged,
  type LaidTable,
  type Layout,
  type Rows,
} from '../tables/index.ts';
import { toldApart } from './constants.ts';
import type { Part } from './part.ts';

export class BatchBuilder {
  readonly #prepare: string[] = [];
  readonly #appends: Append[] = [];
  readonly #statements: string[] = [];

  put({ layout, rows, stale }: Part, edition: Edition): void {
    layout.tables.forEach((table, i) => {
      this.#delete(table, edition, stale[i]!);
      this.#insert(table, edition, rows[i]!);
    });
  }

  /** From all tables of a kind. */
  delete(layout: Layout, edition: Edition, keys: readonly bigint[]): void {
    for (const table of layout.tables) this.#delete(table, edition, keys);
  }

  finally(...statements: readonly string[]): void {
    this.#statements.push(...statements);
  }

  build(): Batch {
    return { prepare: this.#prepare, appends: this.#appends, statements: this.#statements };
  }

  #insert(table: LaidTable, edition: Edition, rows: Rows): void {
    if (rows.columns[0]!.length === 0) return;
    const { constants, varying } = toldApart(rows);
    const stage = `stage_${this.#appends.length}`;
    this.#prepare.push(createStage(stage, table, constants));
    this.#appends.push({ table: stage, columns: varying });
    this.#statements.push(insertStaged(stage, table, edition, constants), dropTemp(stage));
  }

  #delete(table: LaidTable, edition: Edition, keys: readonly bigint[]): void {
    if (keys.length === 0) return;
    const name = `keys_${this.#appends.length}`;
    this.#prepare.push(createKeys(name));
    this.#appends.push({ table: name, columns: [keys] });
    this.#statements.push(deleteKeys(table, edition, name), dropTemp(name));
  }
}
