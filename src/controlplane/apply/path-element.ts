/**
 * One step of a path as `managedFields` writes it: `f:name` a field, `k:{"name":"x"}` an element of a list by its keys,
 * `v:"x"` an element of a set, `i:0` an element by its place.
 */
import type { Json } from '../../kube/index.ts';
import { goJson } from './go-json.ts';

export type PathElement = string;

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

export function keyElement(keys: Readonly<Record<string, Json>>): PathElement {
  return `k:${goJson(keys)}`;
}

export function valueElement(value: Json): PathElement {
  return `v:${goJson(value)}`;
}

export function fieldNameOf(element: PathElement): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined;
}

/** The one spelling of an element that someone else may have written otherwise. Throws for what is none. */
export function canonicalElement(text: string): PathElement {
  switch (text.slice(0, 2)) {
    case 'f:':
      return text;
    case 'v:':
      return valueElement(JSON.parse(text.slice(2)) as Json);
    case 'k:':
      return keyElement(JSON.parse(text.slice(2)) as Record<string, Json>);
    case 'i:':
      if (/^i:\d+$/.test(text)) return text;
  }
  throw new SyntaxError(`not an element of a path: ${text}`);
}

/** How messages print a path: `.spec.containers[name="x"].image`. */
export function printPath(path: readonly PathElement[]): string {
  return path.map(printElement).join('');
}

/** Fields first, then keys, values and places; numbers by size. */
export function compareElements(a: PathElement, b: PathElement): number {
  const rank = RANKS.indexOf(a[0]!) - RANKS.indexOf(b[0]!);
  if (rank !== 0 || a === b) return rank;
  if (a.startsWith('f:')) return a < b ? -1 : 1;
  return compareValues(JSON.parse(a.slice(2)) as Json, JSON.parse(b.slice(2)) as Json);
}

const RANKS = 'fkvi';

function printElement(element: PathElement): string {
  const text = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${text}`;
    case 'k': {
      const keys = Object.entries(JSON.parse(text) as Record<string, Json>);
      return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
    }
    case 'v':
      return `[=${JSON.stringify(JSON.parse(text))}]`;
    default:
      return `[${text}]`;
  }
}

function compareValues(a: Json, b: Json): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (isKeys(a) && isKeys(b)) return compareKeys(Object.entries(a), Object.entries(b));
  const [x, y] = [goJson(a), goJson(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function compareKeys(a: [string, Json][], b: [string, Json][]): number {
  for (const [i, [name, value]] of a.entries()) {
    const other = b[i];
    if (!other) return 1;
    const order = name === other[0] ? compareValues(value, other[1]) : name < other[0] ? -1 : 1;
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function isKeys(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
