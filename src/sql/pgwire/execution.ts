/** A statement that runs: what its columns are, its rows as messages, and what is said at its end. */
import type { ResultColumn } from '../../engine/index.ts';
import type { Answer } from '../kube-sql.ts';
import type { Notice } from '../notice.ts';
import { dataRow, type Field } from './backend.ts';
import { pgType } from './pg-type.ts';

export interface Execution {
  /** None for a statement that gives no rows. */
  readonly fields?: readonly Field[];
  readonly notices?: readonly Notice[];
  readonly rows: AsyncIterator<Buffer>;
  readonly tag: (rows: number) => string;
  /** The statement was empty. */
  readonly empty?: boolean;
}

export function fieldsOf(columns: readonly ResultColumn[], formats: readonly number[] = []): Field[] {
  return columns.map(({ name, type }, i) => {
    const { oid, size } = pgType(type);
    return { name, oid, size, format: formats.length === 1 ? formats[0]! : (formats[i] ?? 0) };
  });
}

export function executionOf(answer: Answer, formats: readonly number[] = []): Execution {
  if (answer.kind === 'empty') return { rows: none(), tag: () => '', empty: true };
  const columns = answer.kind === 'explain' ? PLAN : answer.columns;
  const fields = fieldsOf(columns, formats);
  const rows = answer.kind === 'explain' ? planRows(answer) : encoded(answer, fields);
  return {
    fields,
    notices: answer.notices,
    rows,
    tag: (count) => (answer.kind === 'explain' ? 'EXPLAIN' : `SELECT ${count}`),
  };
}

export function simple(tag: string): Execution {
  return { rows: none(), tag: () => tag };
}

/** Rows of text under these heads. */
export function texts(tag: string, heads: readonly string[], rows: readonly (readonly string[])[]): Execution {
  const fields = fieldsOf(heads.map((name) => ({ name, type: 'VARCHAR' })));
  return { fields, rows: each(rows.map((row) => dataRow(row.map((cell) => Buffer.from(cell))))), tag: () => tag };
}

const PLAN: readonly ResultColumn[] = [{ name: 'QUERY PLAN', type: 'VARCHAR' }];

async function* planRows({ rows }: Answer): AsyncGenerator<Buffer> {
  for await (const part of rows()) {
    for (const row of part) for (const line of String(row[1]).split('\n')) yield dataRow([Buffer.from(line)]);
  }
}

async function* encoded({ columns, rows }: Answer, fields: readonly Field[]): AsyncGenerator<Buffer> {
  const encoders = columns.map(({ type }, i) => {
    const { text, binary } = pgType(type);
    return fields[i]!.format === 1 ? binary : (value: Parameters<typeof text>[0]) => Buffer.from(text(value));
  });
  for await (const part of rows()) {
    for (const row of part) yield dataRow(row.map((value, i) => (value === null ? null : encoders[i]!(value))));
  }
}

async function* each(rows: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* rows;
}

async function* none(): AsyncGenerator<Buffer> {}
