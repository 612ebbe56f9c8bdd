import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { celEnvironment } from './environment.ts';
import { withPresence } from './presence.ts';

/** Expressions, and whether kube-apiserver 1.35 found them true as rules of a CustomResourceDefinition. */
const recorded = JSON.parse(readFileSync(new URL('./testdata/functions-1.35.json', import.meta.url), 'utf8')) as [
  string,
  boolean,
][];

test.each(recorded)('%s is %s', (expression, truth) => {
  expect(celEnvironment().evaluate(expression)).toBe(truth);
});

test.each([
  ['has({"a": 1}.a)', true],
  ['has([{"a": 1}][0].b)', false],
  ['has({"a": {"b": 1}}.a.b) && "has(x)" != r"has(y)"', true],
  ['format.dns1123Label().validate("a") == null', false],
] as const)('%s is %s', (expression, truth) => {
  expect(celEnvironment().evaluate(withPresence(expression))).toBe(truth);
});
