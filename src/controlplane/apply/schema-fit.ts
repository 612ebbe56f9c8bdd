/** Field sets seen through a schema. */
import type { ApplySchema } from '../schema/index.ts';
import { type FieldSet, FieldSetBuilder, isEmpty, LEAF } from './field-set.ts';
import { fieldNameOf } from './path-element.ts';
import { isNamed, schemaBelow } from './typed-value.ts';

/** With every named field in it below which something is. */
export function withNamedFields(set: FieldSet, schema: ApplySchema | undefined): FieldSet {
  if (set.below.size === 0) return set;
  const result = new FieldSetBuilder();
  result.self = set.self;
  for (const [element, below] of set.below) {
    const name = fieldNameOf(element);
    const inner = withNamedFields(below, schemaBelow(schema, element));
    const named = inner.below.size > 0 && name !== undefined && schema !== undefined && isNamed(schema, name);
    result.attach(element, named && !inner.self ? { self: true, below: inner.below } : inner);
  }
  return result;
}

/** The set as the schema of today would have it: what has become one thing since is owned as one. */
export function fitToSchema(set: FieldSet, schema: ApplySchema | undefined): FieldSet {
  if (!schema || schema.kind === 'any' || set.below.size === 0 || isEmpty(set)) return set;
  if (schema.atomic) return LEAF;
  const result = new FieldSetBuilder();
  let isSame = true;
  result.self = set.self;
  for (const [element, below] of set.below) {
    const fitted = fitToSchema(below, schemaBelow(schema, element));
    isSame &&= fitted === below;
    result.attach(element, fitted);
  }
  return isSame ? set : result;
}
