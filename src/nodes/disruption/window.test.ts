import { describe, expect, it } from 'vitest';
import { openingAt } from './window.ts';

const night = [{ schedule: '0 2 * * *', durationMinutes: 120, timeZone: 'Asia/Shanghai' }];
const at = (text: string) => Date.parse(`${text}+08:00`);
const HOUR = 3_600_000;

describe('windows', () => {
  it('are open for their time, by the clock of their place', () => {
    expect(openingAt(night, at('2026-03-01T02:30'))).toEqual({ open: true, changesInMs: 1.5 * HOUR });
    expect(openingAt(night, at('2026-03-01T04:30'))).toEqual({ open: false, changesInMs: 21.5 * HOUR });
    expect(openingAt(night, at('2026-03-01T01:00'))).toEqual({ open: false, changesInMs: HOUR });
  });

  it('are many: one that is open suffices', () => {
    const noon = { schedule: '0 12 * * *', durationMinutes: 60, timeZone: 'Asia/Shanghai' };
    expect(openingAt([...night, noon], at('2026-03-01T12:15')).open).toBe(true);
  });

  it('are always open where there are none, and refused where they cannot be read', () => {
    expect(openingAt(undefined, 0)).toEqual({ open: true });
    expect(openingAt([], 0)).toEqual({ open: true });
    expect(() => openingAt([{ ...night[0]!, schedule: 'at night' }], 0)).toThrow();
  });
});
