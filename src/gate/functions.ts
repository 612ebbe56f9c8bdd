/**
 * The functions that a query may call. The list is positive: what a later DuckDB adds is refused until somebody has read
 * what it does. Left out are all that read files or settings, run other text, write logs, keep state, wait or fail at will.
 */
import { readFileSync } from 'node:fs';

const FILE = new URL('./functions.txt', import.meta.url);

/** One name a line or several, with blanks between; `#` begins a remark. */
export const ALLOWED_FUNCTIONS: ReadonlySet<string> = new Set(
  readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => line.split(' '))
    .filter(Boolean),
);

/** Functions that give a table. */
export const ALLOWED_TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'unnest',
  'range',
  'generate_series',
  'json_each',
  'json_tree',
]);
