import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyMergePatch, createMergePatch } from './merge-patch.ts';

describe('a merge patch', () => {
  test.each<[unknown, object, unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j gives %j', (document, patch, expected) => {
    expect(applyMergePatch(document, patch)).toEqual(expected);
  });

  test('must be an object', () => {
    expect(() => applyMergePatch({}, [])).toThrow(expect.objectContaining({ code: 400 }));
  });

  const tree = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
    value: fc.oneof(
      fc.nat(3),
      fc.boolean(),
      fc.constantFrom('', 'x'),
      fc.array(fc.nat(2), { maxLength: 2 }),
      tie('object'),
    ),
    object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', '__proto__'), tie('value'), { maxKeys: 4 }),
  })).object;

  test('the difference of two objects, applied to the one, gives the other', () => {
    fc.assert(
      fc.property(tree, tree, (from, to) => {
        expect(JSON.stringify(sorted(applyMergePatch(from, createMergePatch(from, to))))).toBe(
          JSON.stringify(sorted(to)),
        );
      }),
    );
  });

  test('an object differs from itself by nothing', () => {
    fc.assert(
      fc.property(tree, (object) => {
        expect(createMergePatch(object, object)).toEqual({});
      }),
    );
  });

  test('applying twice is applying once', () => {
    fc.assert(
      fc.property(tree, tree, (document, patch) => {
        const once = applyMergePatch(document, patch);
        expect(applyMergePatch(once, patch)).toEqual(once);
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, sorted(item)]);
}
