/** Built-in types as strategic merge patch wants to see them. */
import { NO_PATCH_SCHEMA, type PatchField, type PatchSchema } from '../../kube/index.ts';
import { typeOf } from './facts.ts';
import type { KindName } from './field-validation.ts';
import { type FieldSchema, type Schema, schemaOf } from './schema.ts';

/** What strategic merge must know of a kind; a kind that is not built in gives a schema that knows nothing. */
export function patchSchemaOf({ group, version, kind }: KindName): PatchSchema {
  const type = typeOf(group, version, kind);
  return type ? patchSchema(schemaOf(type)) : NO_PATCH_SCHEMA;
}

const known = new WeakMap<Schema, PatchSchema>();

function patchSchema(schema: Schema): PatchSchema {
  let answer = known.get(schema);
  if (!answer) {
    answer = build(schema);
    known.set(schema, answer);
  }
  return answer;
}

function build(schema: Schema): PatchSchema {
  if (schema.kind === 'list') return patchSchema(schema.of);
  if (schema.kind === 'map') {
    const { of } = schema;
    return { field: () => ({ schema: patchSchema(of) }) };
  }
  return schema.kind === 'struct' ? { field: (name) => patchField(schema.fields.get(name)) } : NO_PATCH_SCHEMA;
}

function patchField(field: FieldSchema | undefined): PatchField | undefined {
  if (!field) return undefined;
  const { patch, mergeKey } = field.facts;
  return {
    ...(patch !== undefined && { patchStrategy: patch }),
    ...(mergeKey !== undefined && { mergeKey }),
    schema: patchSchema(field.schema),
  };
}
