import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldSelectorFrom, parseFieldSelector } from './field-selector.ts';

test('terms are sorted, empty ones are left out', () => {
  expect(parseFieldSelector(',b!=2,,a==1,').toString()).toBe('a=1,b!=2');
});

test('a field that is not there counts as empty', () => {
  expect(parseFieldSelector('a=').matches({})).toBe(true);
  expect(parseFieldSelector('a!=x').matches({})).toBe(true);
  expect(parseFieldSelector('a=x,b!=y').matches({ a: 'x', b: 'y' })).toBe(false);
  expect(parseFieldSelector('a=x').matches((field) => (field === 'a' ? 'x' : undefined))).toBe(true);
});

test('an equality can be asked for, to look into an index first', () => {
  expect(parseFieldSelector('spec.nodeName=n1,a!=b').exact('spec.nodeName')).toBe('n1');
  expect(parseFieldSelector('spec.nodeName!=n1').exact('spec.nodeName')).toBeUndefined();
});

test.each([
  ['a', "invalid selector: 'a'; can't understand 'a'"],
  ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
  ['a=b\\c', 'invalid field selector: invalid escape sequence: \\c'],
  ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
])('%j is refused', (text, message) => {
  expect(() => parseFieldSelector(text)).toThrow(expect.objectContaining({ message, code: 400 }));
});

test('any value survives printing and parsing', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const printed = fieldSelectorFrom([{ field: 'a', operator: '=', value }]).toString();
      expect(parseFieldSelector(printed).exact('a')).toBe(value);
    }),
  );
});
