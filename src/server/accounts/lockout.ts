/** Wrong passwords: each makes the next answer slower, and at the limit the account is locked for a while. */

export interface Failures {
  /** Wrong passwords in a row. */
  readonly count: number;
  /** Of the last one, in ms since the epoch. */
  readonly at: number;
}

export const NO_FAILURES: Failures = { count: 0, at: 0 };

const LIMIT = 10;
const LOCKED_MS = 15 * 60_000;
/** Failures this old are forgotten. */
export const FORGOTTEN_MS = 60 * 60_000;

/** How long from `now` until a password is looked at again; 0 for at once. */
export function waitMs({ count, at }: Failures, now: number): number {
  const pause = count >= LIMIT ? LOCKED_MS : pauseMs(count);
  return Math.max(0, at + pause - now);
}

export function isLocked(failures: Failures, now: number): boolean {
  return failures.count >= LIMIT && waitMs(failures, now) > 0;
}

/** After a lock has run out, and after a quiet hour, counting starts again. */
export function afterFailure(failures: Failures, now: number): Failures {
  const old = now - failures.at > FORGOTTEN_MS || (failures.count >= LIMIT && !isLocked(failures, now));
  return { count: old ? 1 : failures.count + 1, at: now };
}

/** The first three slips cost nothing, then 1, 2, 4 … 32 s. */
function pauseMs(count: number): number {
  return count <= 3 ? 0 : Math.min(2 ** (count - 4), 32) * 1000;
}
