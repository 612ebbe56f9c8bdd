/** Adds the fields that Go's encoder always writes: structs that are no pointers, and what lacks `omitempty`. */
import type { Json } from '../registry/definition.ts';
import { type FieldSchema, type Schema, type StructSchema, schemaOf, structOf } from './schema.ts';

/**
 * Changes a decoded `object` in place to what an API server would answer: `resources: {}` in each container,
 * `status: {}`, `rules: null`. Do this after defaulting, before storing.
 */
export function complete(type: string, object: Json): void {
  completeStruct(structOf(type), object);
}

function completeStruct(schema: StructSchema, object: Json): void {
  for (const name in object) {
    const field = schema.fields.get(name);
    const value = object[name];
    if (!field || value === undefined || value === null) continue;
    if (!field.facts.omit && value.length === 0 && field.schema.kind === 'list') object[name] = null;
    else completeValue(field.schema, value);
  }
  for (const field of alwaysWritten(schema)) object[field.name] ??= zeroOf(field);
}

const always = new WeakMap<StructSchema, readonly FieldSchema[]>();

/** The few fields of a struct, of its many, that stand there even where nothing was said of them. */
function alwaysWritten(schema: StructSchema): readonly FieldSchema[] {
  let fields = always.get(schema);
  if (!fields) {
    fields = [...schema.fields.values()].filter((field) => zeroOf(field) !== undefined);
    always.set(schema, fields);
  }
  return fields;
}

function completeValue(schema: Schema, value: Json): void {
  if (schema.kind === 'struct') completeStruct(schema, value);
  else if (schema.kind === 'list') for (const each of value) completeValue(schema.of, each);
  else if (schema.kind === 'map' && schema.of.kind !== 'scalar') {
    for (const each of Object.values(value)) completeValue(schema.of, each);
  } else if (schema.kind === 'scalar' && schema.scalar.startsWith('JSONSchemaProps')) completeProps(value);
}

const PROPS = 'apiextensions.v1.JSONSchemaProps';

function completeProps(value: Json): void {
  if (Array.isArray(value)) completeValue(schemaOf(`[]${PROPS}`), value);
  else if (typeof value === 'object') completeValue(schemaOf(PROPS), value);
}

/** What stands for an absent field; undefined where it stays absent. */
function zeroOf({ facts, schema }: FieldSchema): unknown {
  if (facts.pointer) return facts.omit ? undefined : null;
  if (schema.kind === 'struct') return facts.omit === 'zero' ? undefined : completed(schema);
  if (schema.kind !== 'scalar') return facts.omit ? undefined : null;
  switch (schema.scalar) {
    case 'Time':
    case 'MicroTime':
    case 'RawExtension':
      return facts.omit === 'zero' ? undefined : null;
    case 'Quantity':
      return facts.omit === 'zero' ? undefined : '0';
    case 'IntOrString':
      return facts.omit === 'zero' ? undefined : 0;
    default:
      return facts.omit ? undefined : ZEROES[schema.scalar];
  }
}

const ZEROES: Readonly<Record<string, unknown>> = {
  string: '',
  bool: false,
  int32: 0,
  int64: 0,
  double: 0,
  bytes: null,
};

function completed(schema: StructSchema): Json {
  const object = {};
  completeStruct(schema, object);
  return object;
}
