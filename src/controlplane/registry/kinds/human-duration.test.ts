import { describe, expect, it } from 'vitest';
import { humanDuration, since } from './human-duration.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;
const Y = 365 * D;

describe('spans of time as kubectl prints them', () => {
  it.each([
    [-2 * S, '<invalid>'],
    [-S, '0s'],
    [0, '0s'],
    [S, '1s'],
    [70 * S, '70s'],
    [119 * S, '119s'],
    [2 * M, '2m'],
    [2 * M + 10 * S, '2m10s'],
    [10 * M, '10m'],
    [179 * M, '179m'],
    [3 * H, '3h'],
    [3 * H + 10 * M, '3h10m'],
    [8 * H + 10 * M, '8h'],
    [47 * H, '47h'],
    [2 * D, '2d'],
    [2 * D + 2 * H, '2d2h'],
    [8 * D + 2 * H, '8d'],
    [100 * D, '100d'],
    [2 * Y, '2y'],
    [2 * Y + 10 * D, '2y10d'],
    [8 * Y + 10 * D, '8y'],
  ])('%d ms is %s', (ms, text) => {
    expect(humanDuration(ms)).toBe(text);
  });

  it('an unknown time is <unknown>', () => {
    expect(since(undefined, 0)).toBe('<unknown>');
    expect(since(null, 0)).toBe('<unknown>');
  });
});
