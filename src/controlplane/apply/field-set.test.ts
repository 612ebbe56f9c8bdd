import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  difference,
  EMPTY,
  type FieldSet,
  fieldSetOfPaths,
  has,
  intersection,
  isEmpty,
  pathsOf,
  recursiveDifference,
  union,
} from './field-set.ts';
import { fromFieldsV1, mayLose, toFieldsV1 } from './fields-v1.ts';

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1', 'i:0');
const paths = fc.array(fc.array(element, { minLength: 1, maxLength: 4 }), { maxLength: 8 });
const texts = (set: FieldSet) => new Set([...pathsOf(set)].map((path) => path.join('/')));
const textsOf = (list: string[][]) => new Set(list.map((path) => path.join('/')));

describe('a field set', () => {
  test('has the paths that it was made of', () => {
    fc.assert(
      fc.property(paths, (list) => {
        const set = fieldSetOfPaths(list);
        expect(texts(set)).toEqual(textsOf(list));
        expect(list.every((path) => has(set, path))).toBe(true);
        expect(isEmpty(set)).toBe(list.length === 0);
      }),
    );
  });

  test('joins, meets and parts as sets of paths do', () => {
    fc.assert(
      fc.property(paths, paths, (one, other) => {
        const [a, b] = [fieldSetOfPaths(one), fieldSetOfPaths(other)];
        const [x, y] = [textsOf(one), textsOf(other)];
        expect(texts(union(a, b))).toEqual(x.union(y));
        expect(texts(intersection(a, b))).toEqual(x.intersection(y));
        expect(texts(difference(a, b))).toEqual(x.difference(y));
        const isBelow = (path: string) => [...y].some((top) => path === top || path.startsWith(`${top}/`));
        expect(texts(recursiveDifference(a, b))).toEqual(new Set([...x].filter((path) => !isBelow(path))));
      }),
    );
  });

  test('is the very same where nothing is taken from it', () => {
    const set = fieldSetOfPaths([['f:a', 'f:b']]);
    expect(difference(set, fieldSetOfPaths([['f:a']]))).toBe(set);
    expect(difference(set, EMPTY)).toBe(set);
  });

  test('survives being written and read', () => {
    fc.assert(
      fc.property(paths, (list) => {
        const set = fieldSetOfPaths(list);
        expect(texts(fromFieldsV1(toFieldsV1(set)))).toEqual(texts(set));
      }),
    );
  });

  test('loses nothing unless it may', () => {
    fc.assert(
      fc.property(paths, paths, (one, other) => {
        const [set, taken] = [fieldSetOfPaths(one), fieldSetOfPaths(other)];
        if (!mayLose(toFieldsV1(set), taken)) expect(difference(set, taken)).toBe(set);
      }),
    );
  });
});

describe('FieldsV1', () => {
  test('says by a dot that a path with others below it is in the set', () => {
    const set = fieldSetOfPaths([['f:a'], ['f:a', 'f:b'], ['f:c', 'f:d']]);
    expect(toFieldsV1(set)).toEqual({ 'f:a': { '.': {}, 'f:b': {} }, 'f:c': { 'f:d': {} } });
  });

  test('is written in order: fields, keys, values; numbers by size', () => {
    const set = fieldSetOfPaths([['v:10'], ['v:9'], ['k:{"port":80}'], ['k:{"port":9}'], ['f:b'], ['f:a']]);
    expect(Object.keys(toFieldsV1(set))).toEqual(['f:a', 'f:b', 'k:{"port":9}', 'k:{"port":80}', 'v:9', 'v:10']);
  });

  test('is read in whatever spelling', () => {
    const set = fromFieldsV1({ 'k:{ "protocol": "TCP", "port": 80 }': {}, 'v: "<"': {}, 'x:unknown': {} });
    expect(texts(set)).toEqual(new Set(['k:{"port":80,"protocol":"TCP"}', 'v:"\\u003c"']));
  });

  test.each([1, null, [], { f: {} }, { 'f:a': 1 }, { 'k:{': {} }, { 'i:x': {} }])('%j is refused', (fields) => {
    expect(() => fromFieldsV1(fields)).toThrow(SyntaxError);
  });
});
