import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duplicateFields } from './duplicate.ts';
import { strictFaults } from './field-validation.ts';

test('a field that comes twice is named by its path, once', () => {
  expect(duplicateFields('{"a":1,"a":2,"a":3}')).toEqual(['a']);
  expect(duplicateFields('{"metadata":{"name":"x","labels":{"k":"1","k":"2"},"name":"y"}}')).toEqual([
    'metadata.labels.k',
    'metadata.name',
  ]);
  expect(duplicateFields('{"l":[{"a":1},{"a":1, "b":[[],{"x":1,"x":2}],"a" : 2}]}')).toEqual(['l[1].b[1].x', 'l[1].a']);
});

test('text inside strings is no structure', () => {
  expect(duplicateFields('{"a":"{\\"b\\":1,\\"b\\":2}","b":"\\\\","c":["a","a"]}')).toEqual([]);
  expect(duplicateFields('{"a":1,"\\u0061":2}')).toEqual(['a']);
});

test('what JSON.stringify writes never has duplicates', () => {
  fc.assert(fc.property(fc.json(), (text) => void expect(duplicateFields(text)).toEqual([])));
});

test('duplicates inside an unknown field do not count', () => {
  expect(strictFaults(['zz'], ['zz.a', 'zzz.a'])).toEqual(['duplicate field "zzz.a"', 'unknown field "zz"']);
});
