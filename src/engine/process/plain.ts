/** DuckDB's values as they travel. */
import {
  DuckDBArrayValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  type DuckDBType,
  DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Plain } from '../message.ts';

export function plain(value: DuckDBValue): Plain {
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? integer(value) : value;
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(plain);
  if (value instanceof DuckDBStructValue) return record(Object.entries(value.entries));
  if (value instanceof DuckDBMapValue) return record(value.entries.map(({ key, value: of }) => [text(key), of]));
  if (value instanceof DuckDBUnionValue) return plain(value.value);
  if (value instanceof DuckDBIntervalValue) return interval(value);
  return value.toString();
}

/** The type's name; JSON is text with a name of its own. */
export function typeName(type: DuckDBType): string {
  return type.alias ?? type.toString();
}

/** Larger than 64 bits is text. */
function integer(value: bigint): bigint | string {
  return BigInt.asIntN(64, value) === value ? value : value.toString();
}

function record(entries: readonly (readonly [string, DuckDBValue])[]): { [key: string]: Plain } {
  return Object.fromEntries(entries.map(([key, value]) => [key, plain(value)]));
}

function text(key: DuckDBValue): string {
  return typeof key === 'string' ? key : String(key);
}

/** As PostgreSQL prints it: `1 mon 2 days 03:04:05`. */
function interval({ months, days, micros }: DuckDBIntervalValue): string {
  const size = micros < 0n ? -micros : micros;
  const [seconds, fraction] = [size / 1_000_000n, size % 1_000_000n];
  const two = (n: bigint) => String(n).padStart(2, '0');
  const clock = `${micros < 0n ? '-' : ''}${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  const rest = fraction === 0n ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
  const parts = [
    months !== 0 && `${months} ${Math.abs(months) === 1 ? 'mon' : 'mons'}`,
    days !== 0 && `${days} ${Math.abs(days) === 1 ? 'day' : 'days'}`,
    (micros !== 0n || (months === 0 && days === 0)) && clock + rest,
  ];
  return parts.filter(Boolean).join(' ');
}
