import { expect, test } from 'vitest';
import type { StructuralSchema } from '../structural/structural-schema.ts';
import { ruleFaults } from './judge.ts';

test('a rule that would run too long over the value at hand is not run', () => {
  const schema: StructuralSchema = {
    type: 'object',
    properties: { a: { type: 'array', items: { type: 'string' } } },
    'x-kubernetes-validations': [{ rule: "self.a.all(x, x == 'a')" }, { rule: 'size(self.a) < 1' }],
  };
  const few = ruleFaults(schema, { a: ['a', 'a'] });
  expect(few.map((fault) => fault.message)).toEqual(['Invalid value: failed rule: size(self.a) < 1']);
  const many = ruleFaults(schema, { a: Array.from({ length: 300_000 }, () => 'a') });
  expect(many.map((fault) => fault.message)).toEqual([
    "Invalid value: no further validation rules will be run due to call cost exceeds limit for rule: self.a.all(x, x == 'a')",
  ]);
});

test('all rules of an object together have a limit, too', () => {
  const schema: StructuralSchema = {
    type: 'object',
    properties: {
      l: {
        type: 'array',
        items: {
          type: 'array',
          items: { type: 'string' },
          'x-kubernetes-validations': [{ rule: "self.all(x, x == 'a')" }],
        },
      },
    },
  };
  const list = Array.from({ length: 100_000 }, () => 'a');
  const faults = ruleFaults(schema, { l: Array.from({ length: 25 }, () => list) });
  expect(faults).toHaveLength(1);
  expect(faults[0]!.message).toContain('running out of cost budget');
});
