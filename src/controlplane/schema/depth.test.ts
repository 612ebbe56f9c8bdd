import { expect, test } from 'vitest';
import { isTooDeep } from './depth.ts';

test('only what is nested too deep is', () => {
  expect(isTooDeep(nested(500))).toBe(false);
  expect(isTooDeep(nested(501))).toBe(true);
  expect(isTooDeep(nested(100_000))).toBe(true);
  expect(isTooDeep([[], [{ a: null }], 5, 'x'], 3)).toBe(false);
  expect(isTooDeep([[], [{ a: null }]], 2)).toBe(true);
  expect(isTooDeep('text', 0)).toBe(false);
});

function nested(depth: number): unknown {
  return JSON.parse('{"a":'.repeat(depth) + 1 + '}'.repeat(depth));
}
