/** Questions about the catalogue, handed on in PostgreSQL's own protocol to one that has nothing but a catalogue. */
import { hash } from 'node:crypto';
import { EngineError } from '../../engine/index.ts';
import { type Catalogue, definitionsOf } from '../catalogue/index.ts';
import type { KubeSql } from '../kube-sql.ts';
import type { ScopeInput } from '../scope/index.ts';
import { message } from './backend.ts';
import type { Execution } from './execution.ts';
import { type Bound, Cursor } from './frontend.ts';
import { pgTypeName } from './pg-type.ts';

type Grants = ScopeInput['grants'];

interface Reply {
  readonly type: string;
  readonly whole: Buffer;
}

export class CatalogueDesk {
  readonly #catalogue: Catalogue;
  readonly #sql: KubeSql;

  constructor(catalogue: Catalogue, sql: KubeSql) {
    this.#catalogue = catalogue;
    this.#sql = sql;
  }

  /** The messages that describe a statement. */
  async describe(sql: string, types: readonly number[], grants: Grants): Promise<Buffer[]> {
    const replies = await this.#ask([parse(sql, types), message('D', Buffer.from('S\0')), SYNC], grants);
    return replies.filter(({ type }) => 'tTn'.includes(type)).map(({ whole }) => whole);
  }

  async execute(sql: string, types: readonly number[], bound: Bound, grants: Grants): Promise<Execution> {
    const run = [
      parse(sql, types),
      bind(bound),
      message('D', Buffer.from('P\0')),
      message('E', Buffer.from([0, 0, 0, 0, 0])),
      SYNC,
    ];
    const replies = await this.#ask(run, grants);
    const rows = replies.filter(({ type }) => type === 'D').map(({ whole }) => whole);
    const description = replies.find(({ type }) => type === 'T');
    return {
      ...(description && { fields: fieldsIn(description.whole.subarray(5)) }),
      rows: each(rows),
      tag: (count) => `SELECT ${count}`,
    };
  }

  async #ask(messages: readonly Buffer[], grants: Grants): Promise<Reply[]> {
    const tables = await this.#sql.visible(grants);
    const known = hash(
      'sha1',
      JSON.stringify(tables.map(({ schema, name, columns }) => [schema, name, columns.length])),
    );
    const bytes = await this.#catalogue.ask(known, () => definitionsOf(tables, pgTypeName), Buffer.concat(messages));
    const replies = [...split(bytes)];
    const refusal = replies.find(({ type }) => type === 'E');
    if (refusal) throw errorIn(refusal.whole.subarray(5));
    return replies;
  }
}

const SYNC = message('S');

function parse(sql: string, types: readonly number[]): Buffer {
  const oids = types.map((oid) => int32(oid));
  return message('P', Buffer.from(`\0${sql}\0`), int16(types.length), ...oids);
}

function bind({ formats, values, results }: Bound): Buffer {
  const parts = values.flatMap((value) => [int32(value?.length ?? -1), value ?? Buffer.alloc(0)]);
  const wanted = [int16(results.length), ...results.map(int16)];
  return message(
    'B',
    Buffer.from('\0\0'),
    int16(formats.length),
    ...formats.map(int16),
    int16(values.length),
    ...parts,
    ...wanted,
  );
}

function* split(bytes: Buffer): Generator<Reply> {
  for (let at = 0; at + 5 <= bytes.length; ) {
    const length = bytes.readInt32BE(at + 1);
    yield { type: bytes.toString('latin1', at, at + 1), whole: bytes.subarray(at, at + 1 + length) };
    at += 1 + length;
  }
}

function fieldsIn(body: Buffer) {
  const cursor = new Cursor(body);
  return cursor.many(() => {
    const name = cursor.text();
    cursor.bytes(6);
    const oid = cursor.int32();
    const size = cursor.int16();
    cursor.bytes(4);
    return { name, oid, size, format: cursor.int16() };
  });
}

function errorIn(body: Buffer): EngineError {
  const cursor = new Cursor(body);
  const fields = new Map<string, string>();
  for (let key = cursor.char(); key !== '\0'; key = cursor.char()) fields.set(key, cursor.text());
  const position = fields.get('P');
  return new EngineError(fields.get('C') ?? 'XX000', fields.get('M') ?? 'the catalogue refused', {
    ...(position && { position: Number(position) }),
  });
}

async function* each(rows: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* rows;
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value & 0xffff);
  return buffer;
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value | 0);
  return buffer;
}
