/** A query's error for a terminal: the sentence, the line with a caret below the place, and the hint. */
import type { Problem } from '../../sql/index.ts';

export function formatProblem({ detail, code, position, hint }: Problem, sql: string): string {
  const place = position === undefined ? '' : caret(sql, position);
  return `error: ${detail} (${code})\n${place}${hint ? `hint: ${hint}\n` : ''}`;
}

function caret(sql: string, position: number): string {
  const before = sql.slice(0, position - 1);
  const start = before.lastIndexOf('\n') + 1;
  const end = sql.indexOf('\n', start);
  const line = sql.slice(start, end < 0 ? undefined : end);
  return `  ${line}\n  ${' '.repeat(position - 1 - start)}^\n`;
}
