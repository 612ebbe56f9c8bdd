import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('a time beyond what a timer can hold does not come at once', () => {
  const rung = vi.fn();
  systemClock.after(1e15, rung);
  vi.advanceTimersByTime(1000);
  expect(rung).not.toHaveBeenCalled();
});
