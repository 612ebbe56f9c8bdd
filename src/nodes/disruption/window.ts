/** Times in which Pods may be taken away by will. */
import { Cron } from 'croner';
import type { DisruptionPolicy } from '../../resources/index.ts';

type Windows = DisruptionPolicy['spec']['windows'];

const MINUTE_MS = 60_000;

export interface Opening {
  readonly open: boolean;
  /** Milliseconds until it is otherwise; absent: never. */
  readonly changesInMs?: number;
}

/** Without windows it is always open. @throws Error when a pattern or a time zone cannot be read */
export function openingAt(windows: Windows, now: number): Opening {
  if (!windows?.length) return { open: true };
  const all = windows.map((window) => one(window, now));
  const waits = all.map(({ changesInMs }) => changesInMs).filter((ms) => ms !== undefined);
  return { open: all.some(({ open }) => open), ...(waits.length > 0 && { changesInMs: Math.min(...waits) }) };
}

/** It is open when it has opened within the last `durationMinutes`. */
function one({ schedule, durationMinutes, timeZone }: NonNullable<Windows>[number], now: number): Opening {
  const cron = new Cron(schedule, { timezone: timeZone, paused: true });
  const durationMs = durationMinutes * MINUTE_MS;
  const last = cron.nextRun(new Date(now - durationMs))?.getTime();
  if (last === undefined) return { open: false };
  return last <= now ? { open: true, changesInMs: last + durationMs - now } : { open: false, changesInMs: last - now };
}
