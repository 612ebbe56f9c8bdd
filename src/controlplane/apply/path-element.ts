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

/** The same for one key that is a text, as nearly all are. */
export function namedElement(key: string, value: string): PathElement {
  return `k:{${goJson(key)}:${goJson(value)}}`;
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
  return (a.startsWith('f:') ? 0 : compareNumbers(a, b)) || (a < b ? -1 : 1);
}

const RANKS = 'fkvi';

/** Where the first difference of two texts is in numbers, those are compared; else 0. */
function compareNumbers(a: string, b: string): number {
  let at = 0;
  while (a[at] === b[at]) at++;
  while (isNumeric(a[at - 1])) at--;
  const areNumbers = a[at - 1] === ':' && isNumeric(a[at]) && isNumeric(b[at]);
  return areNumbers ? Number.parseFloat(a.slice(at)) - Number.parseFloat(b.slice(at)) : 0;
}

function isNumeric(char: string | undefined): boolean {
  return char !== undefined && '-.0123456789'.includes(char);
}

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
