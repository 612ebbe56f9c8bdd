/** When a CronJob is due. */
import { Cron } from 'croner';

/** The first due time after `after`, in ms; undefined when there will be none. */
export interface Schedule {
  next(after: number): number | undefined;
}

const DURATION_UNITS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Five fields, `@daily` and the like, or `@every 1h30m`. Throws when the text or the zone is no schedule. */
export function parseSchedule(text: string, timeZone = 'Etc/UTC'): Schedule {
  const every = /^@every\s+(\S+)$/.exec(text.trim());
  if (every) return everySchedule(parseDuration(every[1]!));
  const cron = new Cron(text.trim().replaceAll('?', '*'), { timezone: timeZone, paused: true });
  return { next: (after) => cron.nextRun(new Date(after))?.getTime() };
}

export interface Due {
  /** The latest time that has passed and been missed. */
  readonly scheduled: number | undefined;
  /** How many have been missed, counted to a hundred and one at most. */
  readonly missed: number;
}

const MANY = 101;

/** What has become due after `since` until `now`. Long gaps are not walked through one by one. */
export function dueBetween(schedule: Schedule, since: number, now: number): Due {
  let scheduled: number | undefined;
  let missed = 0;
  for (let at = schedule.next(since); at !== undefined && at <= now; at = schedule.next(at)) {
    scheduled = at;
    if (++missed === MANY) return { scheduled: latest(schedule, at, now), missed };
  }
  return { scheduled, missed };
}

/** The last due time up to `now`, by halving the gap; `from` is one. */
function latest(schedule: Schedule, from: number, now: number): number {
  let [low, high] = [from, now + 1];
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2);
    const next = schedule.next(middle);
    if (next !== undefined && next <= now) low = next;
    else high = middle;
  }
  return low;
}

function everySchedule(ms: number): Schedule {
  return { next: (after) => Math.floor(after / 1000) * 1000 + ms };
}

/** At least a second, whole seconds. */
function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text)
    throw new Error(`failed to parse duration @every ${text}`);
  const ms = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * DURATION_UNITS[unit!]!, 0);
  return Math.max(1000, Math.floor(ms / 1000) * 1000);
}
