/** Which element of an old list is the same one as an element of a new list: only keyed lists can tell. */
import { isDeepStrictEqual } from 'node:util';
import { isObject, type StructuralSchema } from './structural-schema.ts';

export function correlatedItem(schema: StructuralSchema, item: unknown, old: readonly unknown[] | undefined): unknown {
  if (!old || schema['x-kubernetes-list-type'] !== 'map') return undefined;
  const key = keyOfItem(schema, item);
  return key && old.find((each) => isDeepStrictEqual(keyOfItem(schema, each), key));
}

/** The values of a list map's keys in an element, with defaults for absent ones. */
export function keyOfItem(schema: StructuralSchema, item: unknown): Record<string, unknown> | undefined {
  if (!isObject(item)) return undefined;
  const key: Record<string, unknown> = {};
  for (const name of schema['x-kubernetes-list-map-keys'] ?? []) {
    const value = item[name] ?? schema.items?.properties?.[name]?.default;
    if (value !== undefined) key[name] = value;
  }
  return key;
}
