/** A protobuf message of a built-in type as the JSON object that it stands for. */
import type { Json } from '../../registry/definition.ts';
import { DecodeFault } from '../decode-fault.ts';
import { putKey } from '../key.ts';
import { type FieldSchema, type Schema, type StructSchema, schemaOf } from '../schema.ts';
import { decodeScalarMessage, isScalarMessage } from './scalar-message.ts';
import { BYTES, FIXED64, VARINT, WireReader } from './wire.ts';

/** Deeper nesting than any real object has, and far less than the stack. */
const MAX_DEPTH = 500;

/**
 * The message's fields as they came, empty strings and all: what Go would leave out falls away when the answer is read
 * as JSON of its type.
 * @throws DecodeFault
 */
export function decodeMessage(schema: StructSchema, bytes: Buffer, depth = 0): Json {
  if (depth > MAX_DEPTH) throw new DecodeFault('proto: exceeded max depth');
  const result: Json = {};
  readInto(result, layoutOf(schema), bytes, depth);
  return result;
}

/** By number: a field, or the layout of an embedded struct whose fields belong to the same JSON object. */
type Layout = Map<number, FieldSchema | Layout>;

const layouts = new WeakMap<StructSchema, Layout>();

function layoutOf(schema: StructSchema): Layout {
  let layout = layouts.get(schema);
  if (!layout) {
    layout = new Map();
    for (const field of schema.fields.values()) if (field.facts.n > 0) place(layout, field);
    layouts.set(schema, layout);
  }
  return layout;
}

function place(layout: Layout, field: FieldSchema): void {
  let at = layout;
  for (const [number] of field.facts.within ?? []) {
    const inner = at.get(number) ?? new Map();
    at.set(number, inner);
    at = inner as Layout;
  }
  at.set(field.facts.n, field);
}

function readInto(result: Json, layout: Layout, bytes: Buffer, depth: number): void {
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const { number, wire } = reader.tag();
    const entry = layout.get(number);
    if (!entry) reader.skip(wire);
    else if (entry instanceof Map) readInto(result, entry, expectBytes(reader, wire), depth);
    else readField(result, entry, reader, wire, depth);
  }
}

function readField(result: Json, field: FieldSchema, reader: WireReader, wire: number, depth: number): void {
  const { name, schema, facts } = field;
  if (schema.kind === 'map') {
    result[name] ??= {};
    readEntry(result[name], schema.of, expectBytes(reader, wire), facts.wrapped === true, depth);
  } else if (schema.kind !== 'list') result[name] = readValue(schema, reader, wire, depth);
  else if (facts.wrapped) result[name] = readWrapped(schema.of, expectBytes(reader, wire), depth);
  else {
    result[name] ??= [];
    readElements(result[name], schema.of, reader, wire, depth);
  }
}

/** Numbers may come packed, many in one field. */
function readElements(list: Json[], of: Schema, reader: WireReader, wire: number, depth: number): void {
  const packed = wire === BYTES && of.kind === 'scalar' && WIRE[of.scalar] !== undefined;
  if (!packed) {
    list.push(readValue(of, reader, wire, depth));
    return;
  }
  const inner = new WireReader(reader.bytes());
  while (!inner.done) list.push(readValue(of, inner, WIRE[of.scalar]!, depth));
}

function readEntry(map: Json, of: Schema, bytes: Buffer, wrapped: boolean, depth: number): void {
  const reader = new WireReader(bytes);
  let key = '';
  let value: Json;
  while (!reader.done) {
    const { number, wire } = reader.tag();
    if (number === 1) key = expectBytes(reader, wire).toString();
    else if (number !== 2) reader.skip(wire);
    else if (wrapped && of.kind === 'list') value = readWrapped(of.of, expectBytes(reader, wire), depth);
    else value = readValue(of, reader, wire, depth);
  }
  putKey(map, key, value ?? null);
}

function readWrapped(of: Schema, bytes: Buffer, depth: number): Json[] {
  const reader = new WireReader(bytes);
  const list: Json[] = [];
  while (!reader.done) {
    const { number, wire } = reader.tag();
    if (number === 1) readElements(list, of, reader, wire, depth);
    else reader.skip(wire);
  }
  return list;
}

/** Wire types of the scalars that are no byte strings. */
const WIRE: Readonly<Record<string, number>> = { bool: VARINT, int32: VARINT, int64: VARINT, double: FIXED64 };

function readValue(schema: Schema, reader: WireReader, wire: number, depth: number): Json {
  if (schema.kind === 'struct') return decodeMessage(schema, expectBytes(reader, wire), depth + 1);
  if (schema.kind !== 'scalar') throw new DecodeFault(`proto: a ${schema.kind} inside a list or map`);
  const { scalar } = schema;
  if (wire !== (WIRE[scalar] ?? BYTES)) throw wrongWire(wire, scalar);
  switch (scalar) {
    case 'bool':
      return reader.varint() !== 0n;
    case 'int32':
      return Number(BigInt.asIntN(32, reader.varint()));
    case 'int64':
      return Number(BigInt.asIntN(64, reader.varint()));
    case 'double':
      return reader.double();
    case 'bytes':
      return reader.bytes().toString('base64');
    default:
      return text(scalar, reader.bytes(), depth);
  }
}

const PROPS = 'apiextensions.v1.JSONSchemaProps';

function text(scalar: string, bytes: Buffer, depth: number): Json {
  if (!isScalarMessage(scalar)) return bytes.toString();
  const props = (inner: Buffer) => decodeMessage(schemaOf(PROPS) as StructSchema, inner, depth + 1);
  return decodeScalarMessage(scalar, bytes, props);
}

function expectBytes(reader: WireReader, wire: number): Buffer {
  if (wire !== BYTES) throw wrongWire(wire, 'message');
  return reader.bytes();
}

function wrongWire(wire: number, what: string): DecodeFault {
  return new DecodeFault(`proto: wrong wireType = ${wire} for field of type ${what}`);
}
