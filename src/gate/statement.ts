/** The first words of a text: what kind of statement it wants to be, and an EXPLAIN taken apart. */

/** Comments and blanks as both PostgreSQL and DuckDB skip them; block comments do not nest here, and nesting is refused later. */
const SKIPPED = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;

export function keywordOf(sql: string): string {
  const word = /^[A-Za-z]+/.exec(sql.slice(SKIPPED.exec(sql)![0].length));
  return word ? word[0].toUpperCase() : '';
}

/** Whether there is nothing but comments, blanks and semicolons. */
export function isEmpty(sql: string): boolean {
  return (
    sql.slice(SKIPPED.exec(sql)![0].length).replace(/^[\s;]+/, '') === '' || /^;+\s*$/.test(sql.replace(SKIPPED, ''))
  );
}

export interface Explained {
  /** What is to be explained. */
  readonly query: string;
  /** Where that begins in the text. */
  readonly offset: number;
  readonly analyze: boolean;
}

export function explained(sql: string): Explained | undefined {
  if (keywordOf(sql) !== 'EXPLAIN') return undefined;
  const start = SKIPPED.exec(sql)![0].length + 'EXPLAIN'.length;
  const match = /^\s+(ANALYZE\s+|VERBOSE\s+|\([^()]*\)\s*)*/i.exec(sql.slice(start));
  const words = match?.[0] ?? '';
  return { query: sql.slice(start + words.length), offset: start + words.length, analyze: /analyze/i.test(words) };
}
