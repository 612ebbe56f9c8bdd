/** The engine's values as the command line's formats take them. */
import type { Plain } from '../../engine/index.ts';
import type { Value } from '../sql/sql-client.ts';

export function plainRows(rows: readonly (readonly Plain[])[]): Value[][] {
  return rows.map((row) => row.map(plain));
}

/** Integers that JSON's readers would round are text. */
function plain(value: Plain): Value {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
