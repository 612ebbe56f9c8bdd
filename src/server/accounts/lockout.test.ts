import fc from 'fast-check';
import { expect, it } from 'vitest';
import { afterFailure, type Failures, isLocked, NO_FAILURES, waitMs } from './lockout.ts';

const minutes = (n: number) => n * 60_000;

function failing(times: number, now = 1_000_000): Failures {
  return Array.from({ length: times }).reduce<Failures>((failures) => afterFailure(failures, now), NO_FAILURES);
}

it('the first three wrong passwords cost no wait, the later ones twice as long each', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((times) => waitMs(failing(times), 1_000_000) / 1000);
  expect(waits).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32]);
});

it('the tenth locks for a quarter of an hour, and then one may try again', () => {
  const failures = failing(10);
  expect(isLocked(failures, 1_000_000)).toBe(true);
  expect(isLocked(failures, 1_000_000 + minutes(15) - 1)).toBe(true);
  expect(isLocked(failures, 1_000_000 + minutes(15))).toBe(false);
  expect(afterFailure(failures, 1_000_000 + minutes(15)).count).toBe(1);
});

it('a quiet hour forgets', () => {
  expect(afterFailure(failing(9), 1_000_000 + minutes(61)).count).toBe(1);
});

it('whoever guesses as fast as allowed gets fewer than sixty guesses an hour', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2_000_000_000 }), (start) => {
      let [now, guesses, failures] = [start, 0, NO_FAILURES];
      while (now < start + minutes(60)) {
        failures = afterFailure(failures, now);
        guesses += 1;
        now += waitMs(failures, now);
        if (guesses > 1000) break;
      }
      expect(guesses).toBeLessThan(60);
    }),
    { numRuns: 20 },
  );
});
