import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyJsonPatch } from './json-patch.ts';

describe('a JSON patch', () => {
  test.each<[string, unknown, object, unknown]>([
    ['adds a member', { a: 1 }, { op: 'add', path: '/b', value: 2 }, { a: 1, b: 2 }],
    ['adds to the end of a list', { a: [1] }, { op: 'add', path: '/a/-', value: 2 }, { a: [1, 2] }],
    ['inserts into a list', { a: [1, 3] }, { op: 'add', path: '/a/1', value: 2 }, { a: [1, 2, 3] }],
    ['counts negative indexes from the end', { a: [1, 2] }, { op: 'remove', path: '/a/-1' }, { a: [1] }],
    ['removes', { a: 1, b: 2 }, { op: 'remove', path: '/a' }, { b: 2 }],
    ['replaces in a list', { a: [1, 2] }, { op: 'replace', path: '/a/0', value: 0 }, { a: [0, 2] }],
    ['sets a missing key when replacing', {}, { op: 'replace', path: '/a', value: 1 }, { a: 1 }],
    ['replaces the whole', { a: 1 }, { op: 'replace', path: '', value: { b: 2 } }, { b: 2 }],
    ['moves', { a: { b: 1 } }, { op: 'move', from: '/a/b', path: '/c' }, { a: {}, c: 1 }],
    ['copies', { a: { b: 1 } }, { op: 'copy', from: '/a', path: '/c' }, { a: { b: 1 }, c: { b: 1 } }],
    ['tests', { a: [1] }, { op: 'test', path: '/a', value: [1] }, { a: [1] }],
    ['tests absence as null', {}, { op: 'test', path: '/a', value: null }, {}],
    ['reads ~1 as a slash and ~0 as a tilde', {}, { op: 'add', path: '/a~1b~01', value: 1 }, { 'a/b~1': 1 }],
  ])('%s', (_, document, operation, expected) => {
    expect(applyJsonPatch(document, [operation])).toEqual(expected);
  });

  test.each<[string, object]>([
    ['a missing parent', { op: 'add', path: '/x/y', value: 1 }],
    ['a missing key to remove', { op: 'remove', path: '/x' }],
    ['an index past the end', { op: 'add', path: '/list/3', value: 1 }],
    ['an index that is none', { op: 'replace', path: '/list/x', value: 1 }],
    ['a failed test', { op: 'test', path: '/a', value: 2 }],
    ['an unknown operation', { op: 'increment', path: '/a' }],
    ['an operation without path', { op: 'add', value: 1 }],
    ['a move without from', { op: 'move', path: '/a' }],
    ['a scalar as the whole', { op: 'replace', path: '', value: 1 }],
  ])('%s is refused as Invalid', (_, operation) => {
    expect(() => applyJsonPatch({ a: 1, list: [1, 2] }, [operation])).toThrow(
      expect.objectContaining({
        reason: 'Invalid',
        code: 422,
        message: 'the server rejected our request due to an error in our request',
      }),
    );
  });

  test('what is no list of operations is a bad request', () => {
    expect(() => applyJsonPatch({}, { a: 1 })).toThrow(expect.objectContaining({ code: 400 }));
    expect(() => applyJsonPatch({}, [1])).toThrow(expect.objectContaining({ code: 400 }));
    expect(() => applyJsonPatch({}, Array(10_001).fill({}))).toThrow(expect.objectContaining({ code: 413 }));
  });

  test('leaves the document and the values it was given alone', () => {
    const document = { list: [{ a: 1 }] };
    const value = { b: 1 };
    const result = applyJsonPatch<Record<string, unknown>>(document, [
      { op: 'add', path: '/x', value },
      { op: 'add', path: '/x/c', value: 1 },
      { op: 'replace', path: '/list/0/a', value: 2 },
    ]);
    expect(document).toEqual({ list: [{ a: 1 }] });
    expect(value).toEqual({ b: 1 });
    expect(result).toEqual({ list: [{ a: 2 }], x: { b: 1, c: 1 } });
  });

  test('a key called __proto__ is a key like any other', () => {
    const patched = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { admin: true } }]);
    expect(Object.keys(patched)).toEqual(['__proto__']);
    expect((patched as { admin?: boolean }).admin).toBeUndefined();
    expect(() => applyJsonPatch({}, [{ op: 'add', path: '/constructor/x', value: 1 }])).toThrow();
  });

  test('adding and removing again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.nat(), fc.jsonValue(), (list, n, value) => {
        const path = `/list/${n % (list.length + 1)}`;
        const document = JSON.parse(JSON.stringify({ list })) as object;
        const operations = [
          { op: 'add', path, value },
          { op: 'test', path, value },
          { op: 'remove', path },
        ];
        expect(applyJsonPatch(document, operations)).toEqual(document);
      }),
    );
  });
});
