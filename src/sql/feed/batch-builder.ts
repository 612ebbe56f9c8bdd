/** Objects as one batch of the engine: their rows take the old rows' place in one transaction. */
import type { Batch } from '../../engine/index.ts';
import {
  type Cell,
  createStage,
  deleteKeys,
  dropStage,
  type Edition,
  insertStaged,
  type LaidTable,
  type Layout,
  pack,
  type Rows,
  STAGE,
  type StagedColumn,
} from '../tables/index.ts';
import { toldApart } from './constants.ts';
import type { Part } from './part.ts';

export class BatchBuilder {
  readonly #texts: string[] = [];
  readonly #statements: string[] = [];

  put({ layout, rows, stale }: Part, edition: Edition): void {
    layout.tables.forEach((table, i) => {
      this.#delete(table, edition, stale[i]!);
      this.insert(table, edition, rows[i]!);
    });
  }

  insert(table: LaidTable, edition: Edition, rows: Rows): void {
    if (rows.columns[0]!.length === 0) return;
    const { constants, varying } = toldApart(rows);
    const columns = varying.map((cells) => this.#stage(cells));
    this.#statements.push(insertStaged(table, edition, columns, constants));
  }

  /** From all tables of a kind. */
  delete(layout: Layout, edition: Edition, keys: readonly bigint[]): void {
    for (const table of layout.tables) this.#delete(table, edition, keys);
  }

  finally(...statements: readonly string[]): void {
    this.#statements.push(...statements);
  }

  build(): Batch {
    const statements = this.#statements;
    if (this.#texts.length === 0) return { appends: [], statements };
    return {
      prepare: [createStage(this.#texts.length)],
      appends: [{ table: STAGE, columns: this.#texts.map((text) => [text]) }],
      statements: [...statements, dropStage()],
    };
  }

  #delete(table: LaidTable, edition: Edition, keys: readonly bigint[]): void {
    if (keys.length > 0) this.#statements.push(deleteKeys(table, edition, this.#stage(keys)));
  }

  #stage(cells: readonly Cell[]): StagedColumn {
    const packed = pack(cells);
    return { ...packed, at: this.#texts.push(packed.text) - 1 };
  }
}
