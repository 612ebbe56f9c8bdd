/** What the server sends, message by message. */

export interface Field {
  readonly name: string;
  readonly oid: number;
  /** Bytes of a value, or -1 where they vary. */
  readonly size: number;
  /** 0 text, 1 binary. */
  readonly format: number;
}

export interface Complaint {
  readonly severity: 'ERROR' | 'FATAL' | 'NOTICE';
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly position?: number | undefined;
}

/** I idle, T in a transaction, E in a failed one. */
export type TransactionStatus = 'I' | 'T' | 'E';

export function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

export const parseComplete = message('1');
export const bindComplete = message('2');
export const closeComplete = message('3');
export const noData = message('n');
export const emptyQuery = message('I');
export const portalSuspended = message('s');
export const copyDone = message('c');
export const authenticated = message('R', int32(0));
export const askPassword = message('R', int32(3));

export function askScram(): Buffer {
  return message('R', int32(10), text('SCRAM-SHA-256'), Buffer.from([0]));
}

export function scramContinue(data: string): Buffer {
  return message('R', int32(11), Buffer.from(data));
}

export function scramFinal(data: string): Buffer {
  return message('R', int32(12), Buffer.from(data));
}

export function negotiate(minor: number, options: readonly string[]): Buffer {
  return message('v', int32(minor), int32(options.length), ...options.map(text));
}

export function parameterStatus(name: string, value: string): Buffer {
  return message('S', text(name), text(value));
}

export function backendKey(pid: number, secret: number): Buffer {
  return message('K', int32(pid), int32(secret));
}

export function ready(status: TransactionStatus): Buffer {
  return message('Z', Buffer.from(status));
}

export function commandComplete(tag: string): Buffer {
  return message('C', text(tag));
}

export function rowDescription(fields: readonly Field[]): Buffer {
  const parts = fields.flatMap(({ name, oid, size, format }) => [
    text(name),
    int32(0),
    int16(0),
    int32(oid),
    int16(size),
    int32(-1),
    int16(format),
  ]);
  return message('T', int16(fields.length), ...parts);
}

export function parameterDescription(oids: readonly number[]): Buffer {
  return message('t', int16(oids.length), ...oids.map(int32));
}

export function dataRow(values: readonly (Buffer | null)[]): Buffer {
  const size = values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), 7);
  const row = Buffer.allocUnsafe(size);
  row.write('D', 0, 'latin1');
  row.writeInt32BE(size - 1, 1);
  row.writeInt16BE(values.length, 5);
  let at = 7;
  for (const value of values) {
    row.writeInt32BE(value?.length ?? -1, at);
    at += 4;
    if (value) at += value.copy(row, at);
  }
  return row;
}

export function copyOut(columns: number): Buffer {
  return message('H', Buffer.from([0]), int16(columns), ...Array.from({ length: columns }, () => int16(0)));
}

export function copyData(line: string): Buffer {
  return message('d', Buffer.from(line));
}

export function complain({ severity, code, message: sentence, hint, position }: Complaint): Buffer {
  const fields: [string, string][] = [
    ['S', severity],
    ['V', severity],
    ['C', code],
    ['M', sentence],
  ];
  if (hint) fields.push(['H', hint]);
  if (position !== undefined) fields.push(['P', String(position)]);
  const body = fields.map(([key, value]) => Buffer.concat([Buffer.from(key), text(value)]));
  return message(severity === 'NOTICE' ? 'N' : 'E', ...body, Buffer.from([0]));
}

/** A text cannot hold the zero that ends it. */
function text(value: string): Buffer {
  return Buffer.from(`${value.replaceAll('\0', '')}\0`);
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value & 0xffff, 0);
  return buffer;
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value | 0, 0);
  return buffer;
}
