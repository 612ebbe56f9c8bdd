/**
 * An answer as lines of JSON: first `{"columns": …, "notices": …}`, then a line for each row, then `{"rows": n}`, or
 * `{"error": …}` where it broke off.
 */
import type { Plain } from '../../engine/index.ts';
import type { Answer } from '../kube-sql.ts';
import { problemOf } from './problem.ts';

export async function* answerLines({ columns, notices, rows }: Answer): AsyncGenerator<string> {
  yield `${JSON.stringify({ columns, notices })}\n`;
  let count = 0;
  try {
    for await (const part of rows()) {
      count += part.length;
      yield part.map((row) => `${JSON.stringify(row, exact)}\n`).join('');
    }
    yield `${JSON.stringify({ rows: count })}\n`;
  } catch (error) {
    yield `${JSON.stringify({ error: problemOf(error) })}\n`;
  }
}

/** Integers that JSON's readers would round are text; so is what JSON has no number for. */
export function exact(_key: string, value: Plain): Plain {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
