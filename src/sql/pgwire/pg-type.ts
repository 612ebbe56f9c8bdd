/** The engine's types as PostgreSQL's: numbers by which clients know them, and values in text and in binary. */
import type { Plain } from '../../engine/index.ts';
import { binaryInterval, binaryNumeric, microsOf } from './binary.ts';

export interface PgType {
  readonly oid: number;
  readonly size: number;
  readonly text: (value: Plain) => string;
  readonly binary: (value: Plain) => Buffer;
}

const asText = (value: Plain) => (typeof value === 'object' ? JSON.stringify(value, bigAsNumber) : String(value));
const utf8 = (value: Plain): Buffer => Buffer.from(asText(value));
const of = (oid: number, size: number, binary = utf8, text = asText): PgType => ({ oid, size, binary, text });

function written(size: number, write: (buffer: Buffer, value: Plain) => void): (value: Plain) => Buffer {
  return (value) => {
    const buffer = Buffer.alloc(size);
    write(buffer, value);
    return buffer;
  };
}

const bool = of(
  16,
  1,
  (value) => Buffer.from([value ? 1 : 0]),
  (value) => (value ? 't' : 'f'),
);
const int2 = of(
  21,
  2,
  written(2, (buffer, value) => buffer.writeInt16BE(Number(value))),
);
const int4 = of(
  23,
  4,
  written(4, (buffer, value) => buffer.writeInt32BE(Number(value))),
);
const int8 = of(
  20,
  8,
  written(8, (buffer, value) => buffer.writeBigInt64BE(BigInt(value as bigint))),
);
const float4 = of(
  700,
  4,
  written(4, (buffer, value) => buffer.writeFloatBE(Number(value))),
);
const float8 = of(
  701,
  8,
  written(8, (buffer, value) => buffer.writeDoubleBE(Number(value))),
);
const numeric = of(1700, -1, (value) => binaryNumeric(String(value)));
const text = of(25, -1);
const json = of(114, -1, utf8, (value) => (typeof value === 'string' ? value : asText(value)));
const uuid = of(2950, 16, (value) => Buffer.from(String(value).replaceAll('-', ''), 'hex'));
const bytea = of(
  17,
  -1,
  (value) => bytesOf(String(value)),
  (value) => `\\x${bytesOf(String(value)).toString('hex')}`,
);
const micros = (offset: bigint) =>
  written(8, (buffer, value) => buffer.writeBigInt64BE(microsOf(String(value), offset)));
const EPOCH_2000 = 946_684_800_000_000n;
const timestamp = of(1114, 8, micros(EPOCH_2000));
const timestamptz = of(1184, 8, micros(EPOCH_2000));
const date = of(
  1082,
  4,
  written(4, (buffer, value) => buffer.writeInt32BE(daysOf(String(value)))),
);
const interval = of(1186, 16, (value) => binaryInterval(String(value)));
const time = of(
  1083,
  8,
  written(8, (buffer, value) => buffer.writeBigInt64BE(microsOf(`1970-01-01 ${value}`, 0n))),
);

const TYPES: Readonly<Record<string, PgType>> = {
  BOOLEAN: bool,
  TINYINT: int2,
  SMALLINT: int2,
  UTINYINT: int2,
  INTEGER: int4,
  USMALLINT: int4,
  BIGINT: int8,
  UINTEGER: int8,
  HUGEINT: numeric,
  UHUGEINT: numeric,
  UBIGINT: numeric,
  FLOAT: float4,
  DOUBLE: float8,
  VARCHAR: text,
  JSON: json,
  UUID: uuid,
  BLOB: bytea,
  DATE: date,
  TIME: time,
  INTERVAL: interval,
  TIMESTAMP: timestamp,
  'TIMESTAMP WITH TIME ZONE': timestamptz,
};
const ARRAYS: Readonly<Record<string, number>> = {
  VARCHAR: 1009,
  INTEGER: 1007,
  BIGINT: 1016,
  DOUBLE: 1022,
  BOOLEAN: 1000,
};

/** Of a type as the engine names it. */
export function pgType(name: string): PgType {
  if (name.startsWith('DECIMAL')) return numeric;
  if (name.startsWith('TIMESTAMP_')) return timestamp;
  if (name.endsWith('[]')) return arrayType(name.slice(0, -2));
  if (name.startsWith('MAP') || name.startsWith('STRUCT') || name.startsWith('UNION')) return json;
  return TYPES[name] ?? text;
}

/** For catalogues: how PostgreSQL would write the type of a column. */
export function pgTypeName(name: string): string {
  const names = new Map([
    [16, 'boolean'],
    [23, 'integer'],
    [20, 'bigint'],
    [701, 'double precision'],
    [114, 'json'],
    [1009, 'text[]'],
  ]);
  return (
    names.get(pgType(name).oid) ?? (name === 'TIMESTAMPTZ' ? 'timestamptz' : name === 'INTERVAL' ? 'interval' : 'text')
  );
}

function arrayType(element: string): PgType {
  const oid = ARRAYS[element];
  if (oid === undefined) return json;
  const inner = pgType(element);
  return of(
    oid,
    -1,
    (value) => binaryArray(value as Plain[], inner),
    (value) => textArray(value as Plain[], inner),
  );
}

function textArray(values: readonly Plain[], inner: PgType): string {
  const quote = (value: string) => `"${value.replace(/["\\]/g, '\\$&')}"`;
  return `{${values.map((value) => (value === null ? 'NULL' : quote(inner.text(value)))).join(',')}}`;
}

function binaryArray(values: readonly Plain[], inner: PgType): Buffer {
  const head = Buffer.alloc(values.length > 0 ? 20 : 12);
  const words = [values.length > 0 ? 1 : 0, values.includes(null) ? 1 : 0, inner.oid];
  const dimension = values.length > 0 ? [values.length, 1] : [];
  for (const [i, word] of [...words, ...dimension].entries()) head.writeInt32BE(word, i * 4);
  const items = values.flatMap((value) => {
    const length = Buffer.alloc(4);
    const body = value === null ? Buffer.alloc(0) : inner.binary(value);
    length.writeInt32BE(value === null ? -1 : body.length);
    return [length, body];
  });
  return Buffer.concat([head, ...items]);
}

/** DuckDB shows bytes that are no letters as `\xAB`. */
function bytesOf(shown: string): Buffer {
  return Buffer.from(
    shown.replace(/\\x([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

function daysOf(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000) - 10_957;
}

function bigAsNumber(_key: string, value: Plain): Plain {
  return typeof value === 'bigint' ? Number(value) : value;
}
