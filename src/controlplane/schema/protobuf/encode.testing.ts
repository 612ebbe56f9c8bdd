/** For tests: JSON objects to protobuf bodies through protobufjs, from message types made of the same facts. */
import protobuf from 'protobufjs';
import type { Json } from '../../registry/definition.ts';
import { type FieldSchema, type Schema, type StructSchema, structOf } from '../schema.ts';

export function encodeProtobuf(type: string, object: Json): Buffer {
  const { apiVersion, kind } = object;
  const typeMeta = message('TypeMeta', [
    [1, 'apiVersion', 'string'],
    [2, 'kind', 'string'],
  ]);
  const unknown = message('Unknown', [
    [1, 'typeMeta', 'bytes'],
    [2, 'raw', 'bytes'],
  ]);
  const raw = encodeStruct(structOf(type), object);
  const envelope = unknown.encode({ typeMeta: typeMeta.encode({ apiVersion, kind }).finish(), raw }).finish();
  return Buffer.concat([Buffer.from('k8s\0'), envelope]);
}

type Row = readonly [number, string, string, 'repeated'?];

/** Nested messages are encoded first and held as bytes, which is the same on the wire. */
function message(name: string, rows: readonly Row[]): protobuf.Type {
  const type = new protobuf.Type(name);
  for (const [number, field, wire, rule] of rows) {
    type.add(new protobuf.Field(field, number, wire, rule, undefined, rule && { packed: false }));
  }
  new protobuf.Root().add(type);
  return type;
}

function encodeStruct(schema: StructSchema, object: Json): Uint8Array {
  return encodeFields([...schema.fields.values()], object, 0);
}

/** `depth`: how many embedded structs around have been entered. */
function encodeFields(fields: FieldSchema[], object: Json, depth: number): Uint8Array {
  const rows: Row[] = [];
  const values: Json = {};
  const embedded = new Map<number, FieldSchema[]>();
  for (const field of fields) {
    const outer = field.facts.within?.[depth];
    if (outer) embedded.set(outer[0], [...(embedded.get(outer[0]) ?? []), field]);
    else if (field.facts.n > 0 && object[field.name] !== undefined) {
      const { wire, rule, value } = encoded(field.schema, object[field.name], field.facts.wrapped);
      rows.push([field.facts.n, `f${field.facts.n}`, wire, rule]);
      values[`f${field.facts.n}`] = value;
    }
  }
  for (const [number, inner] of embedded) {
    rows.push([number, `f${number}`, 'bytes']);
    values[`f${number}`] = encodeFields(inner, object, depth + 1);
  }
  return message('M', rows).encode(values).finish();
}

interface Encoded {
  readonly wire: string;
  readonly rule?: 'repeated';
  readonly value: unknown;
}

function encoded(schema: Schema, value: Json, wrapped = false): Encoded {
  if (schema.kind === 'struct') return { wire: 'bytes', value: encodeStruct(schema, value) };
  if (schema.kind === 'map') {
    return { wire: 'bytes', rule: 'repeated', value: Object.entries(value).map((e) => entry(schema.of, e, wrapped)) };
  }
  if (schema.kind === 'list') {
    const parts = (value as Json[]).map((each) => encoded(schema.of, each));
    return { wire: parts[0]?.wire ?? 'bytes', rule: 'repeated', value: parts.map((part) => part.value) };
  }
  return scalar(schema.scalar, value);
}

function entry(of: Schema, [key, value]: [string, Json], wrapped: boolean): Uint8Array {
  const inner = encoded(of, value);
  const held: Encoded = wrapped
    ? {
        wire: 'bytes',
        value: message('W', [[1, 'items', inner.wire, inner.rule]])
          .encode({ items: inner.value })
          .finish(),
      }
    : inner;
  const type = message('E', [
    [1, 'key', 'string'],
    [2, 'value', held.wire],
  ]);
  return type.encode({ key, value: held.value }).finish();
}

function scalar(name: string, value: Json): Encoded {
  const of = (rows: readonly Row[], values: object) => ({
    wire: 'bytes',
    value: message('S', rows).encode(values).finish(),
  });
  switch (name) {
    case 'bytes':
      return { wire: 'bytes', value: Buffer.from(value, 'base64') };
    case 'Quantity':
      return of([[1, 'string', 'string']], { string: value });
    case 'IntOrString':
      return of(
        [
          [1, 'type', 'int64'],
          [2, 'intVal', 'int32'],
          [3, 'strVal', 'string'],
        ],
        typeof value === 'string' ? { type: 1, intVal: 0, strVal: value } : { type: 0, intVal: value, strVal: '' },
      );
    case 'Time':
    case 'MicroTime':
      return of(
        [
          [1, 'seconds', 'int64'],
          [2, 'nanos', 'int32'],
        ],
        { seconds: Math.floor(Date.parse(value) / 1000), nanos: Number(/\.(\d{6})Z$/.exec(value)?.[1] ?? 0) * 1000 },
      );
    case 'FieldsV1':
    case 'RawExtension':
    case 'JSON':
      return of([[1, 'raw', 'bytes']], { raw: Buffer.from(JSON.stringify(value)) });
    default:
      return { wire: name, value };
  }
}
