/** What the engine's owner and the engine's process say to each other. */

/** A value as it travels: 64-bit integers as bigint, times, decimals and whatever else is larger than JavaScript as text. */
export type Plain = null | boolean | number | bigint | string | Plain[] | { [key: string]: Plain };

export interface ResultColumn {
  readonly name: string;
  /** DuckDB's name of the type; JSON is told apart from other text. */
  readonly type: string;
}

/** Values of one column of a batch. */
export type Cells = readonly (null | boolean | number | bigint | string)[];

/** Rows for a table that exists already, column by column. */
export interface Append {
  readonly table: string;
  /** `catalog.schema`, or the connection's own. */
  readonly schema?: string;
  readonly catalog?: string;
  readonly columns: readonly Cells[];
}

/** What is appended and what is then said take effect together, or not at all. */
export interface Batch {
  /** Trusted SQL that comes first, such as what makes temporary tables for the rows. */
  readonly prepare?: readonly string[];
  readonly appends: readonly Append[];
  /** Trusted SQL. */
  readonly statements: readonly string[];
}

export interface QueryText {
  readonly sql: string;
  /** `catalog.schema` in which unqualified names are looked up. */
  readonly path?: string;
}

export interface ReadLimits {
  readonly timeoutMs: number;
  readonly maxRows: number;
  readonly maxBytes: number;
}

export type Request =
  | ({ readonly kind: 'query'; readonly parameters: readonly Plain[]; readonly limits: ReadLimits } & QueryText)
  | ({ readonly kind: 'describe' } & QueryText)
  | { readonly kind: 'parse'; readonly sql: string }
  | { readonly kind: 'batch'; readonly batch: Batch }
  /** The rows sent so far have been taken. */
  | { readonly kind: 'more' }
  | { readonly kind: 'cancel' };

/** A text as DuckDB's own parser reads it. */
export interface Parsed {
  /** A tree for each statement; there are none where one of them is something else than a question. */
  readonly questions?: readonly unknown[];
}

export interface Description {
  /** Types of `$1`, `$2`, …; empty where DuckDB leaves it open. */
  readonly parameters: readonly string[];
  readonly columns: readonly ResultColumn[];
}

/** Why the engine refused, in its own terms. */
export interface Fault {
  /** `Parser`, `Binder`, `Catalog`, `Conversion`, `Out of Memory`, `Interrupt`, `Limit`, … */
  readonly type: string;
  readonly message: string;
  /** Where in the text, counted in characters from 1. */
  readonly position?: number;
}

export type Reply =
  | { readonly kind: 'columns'; readonly columns: readonly ResultColumn[] }
  | { readonly kind: 'rows'; readonly rows: readonly (readonly Plain[])[] }
  | { readonly kind: 'done' }
  | { readonly kind: 'parsed'; readonly parsed: Parsed }
  | { readonly kind: 'described'; readonly description: Description }
  | { readonly kind: 'failed'; readonly fault: Fault };
