/** Defaults that a type's schema itself declares (`protocol: TCP`); the defaulting of kinds is their strategy's. */
import type { Json } from '../registry/definition.ts';
import { type FieldSchema, type Schema, type StructSchema, structOf } from './schema.ts';

/** Fills in `object`, a decoded object of the built-in type, in place. Zero values are not written. */
export function applySchemaDefaults(type: string, object: Json): void {
  defaultStruct(structOf(type), object);
}

function defaultStruct(schema: StructSchema, object: Json): void {
  for (const field of schema.fields.values()) {
    const value = object[field.name];
    if (value === undefined || value === null) {
      if (isTelling(field)) object[field.name] = structuredClone(field.facts.default);
    } else defaultValue(field.schema, value);
  }
}

function defaultValue(schema: Schema, value: Json): void {
  if (schema.kind === 'struct') defaultStruct(schema, value);
  else if (schema.kind === 'list' && schema.of.kind !== 'scalar') {
    for (const each of value) defaultValue(schema.of, each);
  } else if (schema.kind === 'map' && schema.of.kind !== 'scalar') {
    for (const each of Object.values(value)) defaultValue(schema.of, each);
  }
}

/** Schemas name Go's zero values as defaults too; those say nothing. */
function isTelling({ facts, schema }: FieldSchema): boolean {
  return facts.default !== undefined && schema.kind === 'scalar' && Boolean(facts.default);
}
