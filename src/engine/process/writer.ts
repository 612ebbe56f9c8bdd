/** Takes batches in: rows are appended and statements carried out in one transaction, so that no reader sees half of it. */
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { Append, Batch, Cells } from '../message.ts';

export class Writer {
  readonly #connection: DuckDBConnection;
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** One after the other. */
  write(batch: Batch): Promise<void> {
    const done = this.#last.then(() => this.#write(batch));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #write({ prepare = [], appends, statements }: Batch): Promise<void> {
    // CHECKPOINT and the like refuse to run in a transaction.
    if (statements.length === 1 && appends.length === 0 && prepare.length === 0)
      return void (await this.#connection.run(statements[0]!));
    await this.#connection.run('BEGIN');
    try {
      for (const statement of prepare) await this.#connection.run(statement);
      for (const rows of appends) await this.#append(rows);
      for (const statement of statements) await this.#connection.run(statement);
      await this.#connection.run('COMMIT');
    } catch (error) {
      await this.#connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async #append({ table, schema, catalog, columns }: Append): Promise<void> {
    const appender = await this.#connection.createAppender(table, schema, catalog);
    try {
      const writers = columns.map((_, i) => writerOf(appender, i));
      const rows = columns[0]?.length ?? 0;
      for (let row = 0; row < rows; row++) appendRow(appender, columns, writers, row);
      appender.flushSync();
    } finally {
      appender.closeSync();
    }
  }
}

type WriteCell = (value: NonNullable<Cells[number]>) => void;

function appendRow(
  appender: DuckDBAppender,
  columns: readonly Cells[],
  writers: readonly WriteCell[],
  row: number,
): void {
  for (let i = 0; i < columns.length; i++) {
    const value = columns[i]![row];
    if (value === null || value === undefined) appender.appendNull();
    else writers[i]!(value);
  }
  appender.endRow();
}

/** Values come in the form in which their column's type takes them. */
function writerOf(appender: DuckDBAppender, column: number): WriteCell {
  const type = appender.columnType(column).toString();
  switch (type) {
    case 'BIGINT':
      return (value) => appender.appendBigInt(typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value))));
    case 'DOUBLE':
      return (value) => appender.appendDouble(Number(value));
    case 'INTEGER':
      return (value) => appender.appendInteger(Number(value));
    case 'BOOLEAN':
      return (value) => appender.appendBoolean(Boolean(value));
    default:
      return (value) => appender.appendVarchar(typeof value === 'string' ? value : String(value));
  }
}
