/**
 * An answer as lines of JSON: first `{"columns": …, "notices": …}`, then a line for each row, then `{"rows": n}`, or
 * `{"error": …}` where it broke off. Where there are more rows than the reader wants it ends with `"more": true`.
 */
import type { Plain, Rows } from '../../engine/index.ts';
import type { Answer } from '../kube-sql.ts';
import { problemOf } from './problem.ts';

export async function* answerLines({ columns, notices, rows }: Answer, most = Infinity): AsyncGenerator<string> {
  yield `${JSON.stringify({ columns, notices })}\n`;
  const seen = { rows: 0, more: false };
  try {
    for await (const part of upTo(most, rows(), seen))
      yield part.map((row) => `${JSON.stringify(row, exact)}\n`).join('');
    yield `${JSON.stringify({ rows: seen.rows, ...(seen.more && { more: true }) })}\n`;
  } catch (error) {
    yield `${JSON.stringify({ error: problemOf(error) })}\n`;
  }
}

/** Who has enough stops reading, which stops the query. */
async function* upTo(most: number, parts: AsyncGenerator<Rows>, seen: { rows: number; more: boolean }) {
  for await (const part of parts) {
    const wanted = part.slice(0, most - seen.rows);
    seen.rows += wanted.length;
    seen.more = wanted.length < part.length;
    yield wanted;
    if (seen.more) return;
  }
}

/** Integers that JSON's readers would round are text; so is what JSON has no number for. */
export function exact(_key: string, value: Plain): Plain {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
