import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Requirement } from './requirement.ts';
import { EVERYTHING, NOTHING, parseLabelSelector, selectorFrom, selectorOf } from './selector.ts';

describe('a label selector text', () => {
  test.each([
    ['', ''],
    ['a', 'a'],
    ['!a', '!a'],
    ['a=b', 'a=b'],
    ['a==b', 'a==b'],
    ['a = b , c != d', 'a=b,c!=d'],
    ['b in (y, x,y),a', 'a,b in (x,y)'],
    ['a notin ()', 'a notin ()'],
    ['a in (,b)', 'a in (,b)'],
    ['in in (in)', 'in in (in)'],
    ['a=', 'a='],
    ['a>5,b<07', 'a>5,b<07'],
    ['example.com/app=web,', undefined],
    ['a b', undefined],
  ])('%j prints as %j', (text, printed) => {
    if (printed === undefined) expect(() => parseLabelSelector(text)).toThrow();
    else expect(parseLabelSelector(text).toString()).toBe(printed);
  });

  test.each([
    ['a in', "unable to parse requirement: found '' expected: '('"],
    ['a in (', "unable to parse requirement: found '', expected: ',', ')' or identifier"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (b,', "unable to parse requirement: found '', expected: ',', or identifier"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['=', "found '=', expected: !, identifier, or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['a==(', "unable to parse requirement: found '(', expected: identifier"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    [
      'a>b',
      "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
  ])('%j is refused', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(expect.objectContaining({ message, code: 400 }));
  });

  test('keys and values must be legal labels', () => {
    expect(() => parseLabelSelector('a/b/c=d')).toThrow(
      /<nil>: Invalid value: "a\/b\/c": a valid label key must consist/,
    );
    expect(() => parseLabelSelector('a=-x')).toThrow(/values\[0\]\[a\]: Invalid value: "-x": a valid label must be/);
  });

  test.each<[string, Record<string, string>, boolean]>([
    ['a=b', { a: 'b' }, true],
    ['a!=b', {}, true],
    ['a notin (b)', { a: 'b' }, false],
    ['a in (b,c)', { a: 'c' }, true],
    ['!a', { b: '' }, true],
    ['a', { a: '' }, true],
    ['a>5', { a: '10' }, true],
    ['a>5', { a: 'x' }, false],
    ['a<5', {}, false],
    ['a,b=c', { a: '1' }, false],
  ])('%s on %j: %s', (text, labels, expected) => expect(parseLabelSelector(text).matches(labels)).toBe(expected));

  const word = fc.stringMatching(/^[a-zA-Z0-9]([-_.a-zA-Z0-9]{0,6}[a-zA-Z0-9])?$/);
  const requirement: fc.Arbitrary<Requirement> = fc.oneof(
    fc.record({ key: word, operator: fc.constantFrom('=', '==', '!=' as const), values: fc.tuple(word) }),
    fc.record({ key: word, operator: fc.constantFrom('exists', '!' as const), values: fc.constant([]) }),
    fc.record({ key: word, operator: fc.constantFrom('gt', 'lt' as const), values: fc.tuple(fc.nat().map(String)) }),
    fc.record({
      key: word,
      operator: fc.constantFrom('in', 'notin' as const),
      values: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }).map((values) => values.sort()),
    }),
  );
  test('parses back from its printed form', () => {
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 4 }), (requirements) => {
        const selector = selectorFrom(requirements);
        expect(parseLabelSelector(selector.toString()).requirements).toEqual(selector.requirements);
      }),
    );
  });
});

describe('selectorOf', () => {
  test('absent selects nothing, empty selects everything', () => {
    expect(selectorOf(undefined)).toBe(NOTHING);
    expect(NOTHING.matches({})).toBe(false);
    expect(selectorOf({}).matches({ a: 'b' })).toBe(true);
    expect(EVERYTHING.matches(undefined)).toBe(true);
  });

  test('reads plain maps, even with a label called matchLabels', () => {
    expect(selectorOf({ app: 'web' }).toString()).toBe('app=web');
    expect(selectorOf({ matchLabels: 'x' }).toString()).toBe('matchLabels=x');
  });

  test('reads LabelSelector objects', () => {
    const selector = selectorOf({
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'NotIn', values: ['b', 'a'] },
        { key: 'old', operator: 'DoesNotExist' },
        { key: 'zone', operator: 'Exists' },
      ],
    });
    expect(selector.toString()).toBe('app=web,!old,tier notin (a,b),zone');
  });

  test('refuses what a LabelSelector may not say', () => {
    expect(() => selectorOf({ matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] })).toThrow(
      '"Gt" is not a valid label selector operator',
    );
    expect(() => selectorOf({ matchExpressions: [{ key: 'a', operator: 'In' }] })).toThrow(
      "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty",
    );
  });
});
