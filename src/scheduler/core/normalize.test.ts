import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeByMax, normalizeByRange, percent } from './normalize.ts';

const apply = (normalize: (scores: Float64Array) => void, scores: number[]) => {
  const all = Float64Array.from(scores);
  normalize(all);
  return [...all];
};

describe('normalizeByMax', () => {
  it.each([
    [
      [1, 2, 4],
      [25, 50, 100],
    ],
    [
      [0, 0],
      [0, 0],
    ],
    [
      [1, 3],
      [33, 100],
    ],
    [[], []],
  ])('%j becomes %j', (scores, expected) => {
    expect(apply((all) => normalizeByMax(all), scores)).toEqual(expected);
  });

  it.each([
    [
      [0, 1, 3],
      [100, 67, 0],
    ],
    [
      [0, 0],
      [100, 100],
    ],
    [[2], [0]],
  ])('%j reversed becomes %j', (scores, expected) => {
    expect(apply((all) => normalizeByMax(all, true), scores)).toEqual(expected);
  });
});

describe('normalizeByRange', () => {
  it.each([
    [
      [-5, 0, 5],
      [0, 50, 100],
    ],
    [
      [-9, -3],
      [0, 100],
    ],
    [
      [7, 7],
      [0, 0],
    ],
    [
      [0, 1, 3],
      [0, 33, 100],
    ],
  ])('%j becomes %j', (scores, expected) => {
    expect(apply(normalizeByRange, scores)).toEqual(expected);
  });
});

describe('percent', () => {
  it('equals 64-bit integer arithmetic wherever that does not overflow', () => {
    const amount = fc.bigInt(0n, 2n ** 53n - 1n);
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        const [part, whole] = a < b ? [a, b] : [b, a];
        fc.pre(whole > 0n);
        expect(percent(Number(part), Number(whole))).toBe(Number((part * 100n) / whole));
      }),
    );
  });

  it('is exact next to whole per cents of amounts beyond 2^53 / 100', () => {
    const whole = 2 ** 53 - 1;
    expect(percent(whole - 1, whole)).toBe(99);
    expect(percent(whole, whole)).toBe(100);
  });
});
