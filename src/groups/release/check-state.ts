/** How far the checks of a step are, and which are to be tried now. */
import { rfc3339 } from '../../kube/index.ts';
import type { Check, CheckResult, ReleaseStatus } from './seen.ts';

export type CheckRecord = NonNullable<ReleaseStatus['checks']>[number];
type Records = readonly CheckRecord[] | undefined;
type Checks = readonly Check[] | undefined;

export function recordOf(records: Records, name: string): CheckRecord {
  return records?.find((record) => record.name === name) ?? { name, successes: 0, failures: 0 };
}

/** With what has come since; a check that is decided stays as it is. */
export function withResults(
  checks: Checks,
  records: Records,
  results: readonly CheckResult[],
  now: number,
): CheckRecord[] {
  return (checks ?? []).map((check) => {
    const before = recordOf(records, check.name);
    const result = isOpen(check, before) ? results.find((one) => one.check === check.name) : undefined;
    if (!result) return before;
    const { job: _, ...rest } = before;
    return {
      ...rest,
      successes: before.successes + (result.ok ? 1 : 0),
      failures: before.failures + (result.ok ? 0 : 1),
      lastTime: rfc3339(now),
      message: result.message.slice(0, 500),
    };
  });
}

export function failedCheck(checks: Checks, records: Records): CheckRecord | undefined {
  const failed = checks?.find((check) => recordOf(records, check.name).failures >= check.failureLimit);
  return failed && recordOf(records, failed.name);
}

export function checksDone(checks: Checks, records: Records): boolean {
  return checks?.every((check) => recordOf(records, check.name).successes >= check.successes) ?? true;
}

/** To be tried now, and when the next one will be, in ms. */
export function dueChecks(checks: Checks, records: Records, now: number): { due: readonly Check[]; nextMs?: number } {
  const open = (checks ?? []).filter((check) => isOpen(check, recordOf(records, check.name)));
  const waits = open.map((check) => ({ check, ms: waitOf(check, recordOf(records, check.name), now) }));
  const later = waits.filter(({ ms }) => ms > 0).map(({ ms }) => ms);
  const due = waits.filter(({ ms }) => ms <= 0).map(({ check }) => check);
  return { due, ...(later.length > 0 && { nextMs: Math.min(...later) }) };
}

function isOpen(check: Check, { successes, failures }: CheckRecord): boolean {
  return successes < check.successes && failures < check.failureLimit;
}

function waitOf({ intervalSeconds }: Check, { lastTime }: CheckRecord, now: number): number {
  return lastTime ? Date.parse(lastTime) + intervalSeconds * 1000 - now : 0;
}
