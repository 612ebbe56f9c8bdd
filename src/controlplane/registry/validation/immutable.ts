/** What an update may not change. */
import type { FieldError, Json } from '../definition.ts';
import { invalid } from './field-error.ts';

/** Equal as Kubernetes compares: nothing, null and empty maps and lists are the same, key order does not matter. */
export function same(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (isEmpty(a) && isEmpty(b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a)) return a.length === b.length && a.every((item, i) => same(item, b[i]));
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
}

export function immutable(field: string, value: Json, old: Json): FieldError[] {
  return same(value, old) ? [] : [invalid(field, value, 'field is immutable')];
}

/** Paths at which two values differ, deepest first found: `containers[0].command`. */
export function differences(a: Json, b: Json, at = ''): string[] {
  if (same(a, b)) return [];
  const deep = typeof a === 'object' && typeof b === 'object' && a && b && Array.isArray(a) === Array.isArray(b);
  if (!deep) return [at];
  if (Array.isArray(a)) {
    return a.length === b.length ? a.flatMap((item, i) => differences(item, b[i], `${at}[${i}]`)) : [at];
  }
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return keys.flatMap((key) => differences(a[key], b[key], at === '' ? key : `${at}.${key}`));
}

function isEmpty(value: Json): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
