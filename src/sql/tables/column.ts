/** What a table's columns are made of: a name, a type, a unit, words for the docs, and where the value comes from. */

/** A value on its way to the engine: times, maps, lists and documents travel as text. */
export type Cell = null | boolean | number | bigint | string;

export type ColumnType =
  | 'VARCHAR'
  | 'DOUBLE'
  | 'BIGINT'
  | 'INTEGER'
  | 'BOOLEAN'
  | 'TIMESTAMPTZ'
  | 'MAP(VARCHAR, VARCHAR)'
  | 'VARCHAR[]'
  | 'JSON';

export interface Column<S> {
  readonly name: string;
  readonly type: ColumnType;
  readonly doc: string;
  readonly unit?: string;
  readonly from: (source: S) => Cell;
}

/** What docs and catalogues need of a column. */
export type ColumnFacts = Omit<Column<never>, 'from'>;

type Of<S, V> = (source: S) => V | null | undefined;

export function text<S>(name: string, doc: string, of: Of<S, string>): Column<S> {
  return { name, type: 'VARCHAR', doc, from: (source) => of(source) ?? null };
}

export function count<S>(name: string, doc: string, of: Of<S, number>): Column<S> {
  return { name, type: 'INTEGER', doc, from: (source) => whole(of(source)) };
}

export function big<S>(name: string, doc: string, unit: string, of: Of<S, bigint>): Column<S> {
  return { name, type: 'BIGINT', doc, unit, from: (source) => of(source) ?? null };
}

export function bytes<S>(name: string, doc: string, of: Of<S, bigint>): Column<S> {
  return big(name, doc, 'bytes', of);
}

export function cores<S>(name: string, doc: string, of: Of<S, number>): Column<S> {
  return { name, type: 'DOUBLE', doc, unit: 'cores', from: (source) => of(source) ?? null };
}

export function flag<S>(name: string, doc: string, of: Of<S, boolean>): Column<S> {
  return { name, type: 'BOOLEAN', doc, from: (source) => of(source) ?? null };
}

/** Times come as RFC 3339. */
export function time<S>(name: string, doc: string, of: Of<S, string>): Column<S> {
  return { name, type: 'TIMESTAMPTZ', doc, unit: 'UTC', from: (source) => of(source) ?? null };
}

export function map<S>(name: string, doc: string, of: Of<S, Readonly<Record<string, string>>>): Column<S> {
  return { name, type: 'MAP(VARCHAR, VARCHAR)', doc, from: (source) => JSON.stringify(of(source) ?? {}) };
}

export function list<S>(name: string, doc: string, of: Of<S, readonly string[]>): Column<S> {
  return { name, type: 'VARCHAR[]', doc, from: (source) => JSON.stringify(of(source) ?? []) };
}

export function json<S>(name: string, doc: string, of: Of<S, unknown>): Column<S> {
  return { name, type: 'JSON', doc, from: (source) => document(of(source)) };
}

function document(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}

/** A number that does not fit is none. */
function whole(value: number | null | undefined): number | null {
  return value !== undefined && value !== null && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : null;
}
