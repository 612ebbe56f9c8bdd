/** Sums, order and search in lists, and lists as sets. */
import { isDeepStrictEqual } from 'node:util';
import type { Arguments, Functions, Library } from './library.ts';

type List = Arguments;

class SetsNamespace {}

const ORDERED = [
  'int',
  'uint',
  'double',
  'string',
  'bool',
  'bytes',
  'google.protobuf.Duration',
  'google.protobuf.Timestamp',
];

export const LISTS: Library = {
  types: { SetsNamespace },
  namespaces: { sets: 'SetsNamespace' },
  functions: {
    'list<int>.sum(): int': (list: bigint[]) => list.reduce((sum, each) => sum + each, 0n),
    'list<double>.sum(): double': (list: number[]) => list.reduce((sum, each) => sum + each, 0),
    'list<A>.indexOf(A): int': (list: List, item) => BigInt(list.findIndex((each) => isDeepStrictEqual(each, item))),
    'list<A>.lastIndexOf(A): int': (list: List, item) =>
      BigInt(list.findLastIndex((each) => isDeepStrictEqual(each, item))),
    'SetsNamespace.contains(list<A>, list<A>): bool': (_, all: List, some: List) =>
      some.every((each) => holds(all, each)),
    'SetsNamespace.intersects(list<A>, list<A>): bool': (_, a: List, b: List) => a.some((each) => holds(b, each)),
    'SetsNamespace.equivalent(list<A>, list<A>): bool': (_, a: List, b: List) =>
      a.every((each) => holds(b, each)) && b.every((each) => holds(a, each)),
    ...Object.assign({}, ...ORDERED.map(orderOf)),
  },
};

function orderOf(type: string): Functions {
  return {
    [`list<${type}>.isSorted(): bool`]: (list: List) => list.every((each, i) => i === 0 || list[i - 1] <= each),
    [`list<${type}>.min(): ${type}`]: (list: List) => best(list, 'min', (a, b) => a < b),
    [`list<${type}>.max(): ${type}`]: (list: List) => best(list, 'max', (a, b) => a > b),
  };
}

function best(list: List, name: string, better: (a: List[0], b: List[0]) => boolean) {
  if (list.length === 0) throw new Error(`${name} called on empty list`);
  return list.reduce((found, each) => (better(each, found) ? each : found));
}

function holds(list: List, item: unknown): boolean {
  return list.some((each) => isDeepStrictEqual(each, item));
}
