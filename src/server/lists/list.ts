/** A list of the console as data: from which tables, which columns, what may be searched, filtered and sorted by. */
import type { z } from 'zod';

export interface ListColumn {
  /** An expression over {@link List.from}. */
  readonly sql: string;
  /** The search box looks into it. */
  readonly search?: true;
  /** May be filtered by exact value. */
  readonly filter?: true;
}

export interface List {
  readonly name: string;
  /** What follows FROM; columns refer to its aliases. A function where it depends on which tables there are. */
  readonly from: string | ((has: (table: string) => boolean) => string);
  readonly columns: Readonly<Record<string, ListColumn>>;
  /** What its answer holds of each column. */
  readonly row: z.ZodObject;
  /** Column to sort by if the reader names none, `-` before it for descending; ties always go by `key`. */
  readonly sort: string;
  /** Columns that together name one row. */
  readonly key: readonly string[];
  /** Tables whose age is the list's. */
  readonly tables: readonly string[];
}
