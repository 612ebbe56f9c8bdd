import { describe, expect, it } from 'vitest';
import { scheduleFaults } from './cron.ts';

describe('a schedule', () => {
  it.each(['* * * * *', '*/5 0-6 1,15 jan-mar MON-FRI', '0 0 ? * *', '@hourly', '@every 1h30m', '59 23 31 12 6'])(
    '%s is one',
    (schedule) => {
      expect(scheduleFaults(schedule, false)).toEqual([]);
    },
  );

  it.each([
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
    ['@sometimes', 'unrecognized descriptor: @sometimes'],
    ['TZ=UTC * * * * *', 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'],
  ])('%s is none', (schedule, fault) => {
    expect(scheduleFaults(schedule, false)).toEqual([fault]);
  });
});
