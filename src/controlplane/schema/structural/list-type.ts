/** Sets and keyed lists hold each element once. */
import type { FieldError } from '../../registry/definition.ts';
import { keyOfItem } from './correlate.ts';
import { duplicate } from './fault.ts';
import { below, isObject, type StructuralSchema } from './structural-schema.ts';

export function listFaults(schema: StructuralSchema, list: readonly unknown[], path: string): FieldError[] {
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return repeated(list, list, path);
    case 'map':
      return repeated(
        list,
        list.map((item) => keyOfItem(schema, item)),
        path,
      );
    default:
      return [];
  }
}

/** Each value that comes more than once is named once, where it comes again. */
function repeated(list: readonly unknown[], keys: readonly unknown[], path: string): FieldError[] {
  const seen = new Map<string, number>();
  const faults: FieldError[] = [];
  for (const [i, key] of keys.entries()) {
    if (key === undefined || list[i] === undefined) continue;
    const text = canonical(key);
    const times = (seen.get(text) ?? 0) + 1;
    if (times === 2) faults.push(duplicate(below(path, i), key));
    seen.set(text, times);
  }
  return faults;
}

/** JSON that does not depend on the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    isObject(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}
