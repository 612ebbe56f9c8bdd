/** Removes from a custom resource what its schema does not have. */
import type { Json } from '../../registry/definition.ts';
import { below, isObject, propertyOf, type StructuralSchema } from './structural-schema.ts';

/** Fields that every object has whatever its schema says. */
const COMMON: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** Prunes `object`, a whole resource, in place and answers the paths of what went, in order of their names. */
export function pruneUnknown(schema: StructuralSchema, object: Json): string[] {
  const pruned: string[] = [];
  pruneObject(schema, object, '', true, pruned);
  return pruned;
}

/** The same for a part of a resource, such as a default. */
export function pruneValue(schema: StructuralSchema, value: Json): string[] {
  const pruned: string[] = [];
  prune(schema, value, '', pruned);
  return pruned;
}

function prune(schema: StructuralSchema, value: Json, path: string, pruned: string[]): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const [i, each] of value.entries()) prune(items, each, below(path, i), pruned);
  } else if (isObject(value)) {
    pruneObject(schema, value, path, schema['x-kubernetes-embedded-resource'] === true, pruned);
  }
}

function pruneObject(schema: StructuralSchema, value: Json, path: string, isResource: boolean, pruned: string[]): void {
  const keepsAll = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;
  for (const name of Object.keys(value).sort()) {
    if (isResource && COMMON.has(name)) continue;
    const property = propertyOf(schema, name);
    if (property) prune(property, value[name], below(path, name), pruned);
    else if (!keepsAll) {
      delete value[name];
      pruned.push(below(path, name));
    }
  }
}
