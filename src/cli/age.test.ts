import { expect, it } from 'vitest';
import { ageOf, formatAge } from './age.ts';

const [S, M, H, D] = [1000, 60_000, 3_600_000, 86_400_000];

it.each([
  [0, '0s'],
  [-5, '0s'],
  [119 * S, '119s'],
  [2 * M, '2m'],
  [5 * M + 30 * S, '5m30s'],
  [10 * M + 30 * S, '10m'],
  [179 * M, '179m'],
  [3 * H + 5 * M, '3h5m'],
  [9 * H + 5 * M, '9h'],
  [2 * D + 3 * H, '2d3h'],
  [9 * D, '9d'],
  [729 * D, '729d'],
  [3 * 365 * D + 10 * D, '3y10d'],
  [9 * 365 * D, '9y'],
])('%d ms is %s', (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});

it('an object without a time has no age', () => {
  expect(ageOf(undefined)).toBe('<unknown>');
  expect(ageOf('2026-01-01T00:00:00Z', Date.UTC(2026, 0, 1, 0, 0, 42))).toBe('42s');
});
