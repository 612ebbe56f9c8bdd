/** Questions in SQL, and the tables that they may be asked of. */
import { useQuery } from '@tanstack/react-query';
import type { SqlColumn, SqlEnd, SqlHead, SqlTable } from '../../../src/server/contract/sql.ts';
import { get, openText } from './client.ts';
import { Problem } from './problem.ts';

export type { SqlColumn, SqlTable };

export type SqlValue = null | boolean | number | string | readonly SqlValue[] | { readonly [key: string]: SqlValue };

export interface SqlAnswer extends SqlHead {
  readonly rows: readonly (readonly SqlValue[])[];
  /** There are more rows than these. */
  readonly more: boolean;
}

export function useSqlTables() {
  return useQuery({
    queryKey: ['sql', 'tables'],
    queryFn: ({ signal }) => get<{ tables: readonly SqlTable[] }>('/sql/tables', signal),
    refetchInterval: 30_000,
  });
}

/** Rows of an answer that a page holds; all of them are for a file. */
export const MOST_ROWS = 5000;

/** Whoever aborts stops the query. @throws Problem, ServerAway */
export async function askSql(sql: string, signal: AbortSignal): Promise<SqlAnswer> {
  const lines = linesOf(openText('/sql', signal, { sql, most: MOST_ROWS }));
  const head = JSON.parse((await lines.next()).value ?? '{}') as SqlHead;
  const rows: (readonly SqlValue[])[] = [];
  for await (const line of lines) {
    const told = JSON.parse(line) as readonly SqlValue[] | SqlEnd;
    if (isRow(told)) rows.push(told);
    else if (told.error) throw brokenOff(told.error);
    else return { ...head, rows, more: told.more ?? false };
  }
  throw new Problem(502, {});
}

/** All rows, as a file. @throws Problem, ServerAway */
export async function sqlAsCsv(sql: string, signal: AbortSignal): Promise<Blob> {
  const parts: string[] = [];
  for await (const part of openText('/sql', signal, { sql, as: 'csv' })) parts.push(part);
  return new Blob(parts, { type: 'text/csv;charset=utf-8' });
}

function isRow(line: readonly SqlValue[] | SqlEnd): line is readonly SqlValue[] {
  return Array.isArray(line);
}

/** What went wrong after rows had come is told in other words than a refusal, and means the same. */
function brokenOff({ title, detail, status, code: state, position, hint }: NonNullable<SqlEnd['error']>): Problem {
  const sql = { state, ...(position !== undefined && { position }), ...(hint !== undefined && { hint }) };
  return new Problem(status, { title, detail, code: 'sql-stopped', sql });
}

async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string, undefined> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest) yield rest;
}
