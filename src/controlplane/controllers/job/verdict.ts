/** Is a Job over, and why? */

import { restarts } from '../../../control/index.ts';
import type { Job, Pod } from '../../../kube/index.ts';
import type { Account } from './account.ts';
import { parseIndexes } from './index-set.ts';
import { isIndexed } from './job-pod.ts';

export interface Verdict {
  readonly outcome: 'succeeded' | 'failed';
  readonly reason: string;
  readonly message: string;
}

const failed = (reason: string, message: string): Verdict => ({ outcome: 'failed', reason, message });
const COMPLETED: Verdict = {
  outcome: 'succeeded',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};

/** Undefined while the Job goes on. What has once been decided (a condition says so) stays decided. */
export function judgeJob(job: Job, accounts: Account, active: readonly Pod[], now: number): Verdict | undefined {
  return (
    decidedBefore(job) ??
    (accounts.failJob === undefined ? undefined : failed('PodFailurePolicy', accounts.failJob)) ??
    tooManyFailures(job, accounts, active) ??
    tooLate(job, now) ??
    failedIndexes(job, accounts) ??
    successPolicy(job, accounts) ??
    completed(job, accounts, active)
  );
}

/** Milliseconds until the Job's deadline; undefined when it has none or is not running. */
export function untilDeadline(job: Job, now: number): number | undefined {
  const { activeDeadlineSeconds, suspend } = job.spec;
  if (activeDeadlineSeconds === undefined || suspend || !job.status?.startTime) return undefined;
  return Date.parse(job.status.startTime) + activeDeadlineSeconds * 1000 - now;
}

function decidedBefore(job: Job): Verdict | undefined {
  const is = (type: string) => job.status?.conditions?.find((c) => c.type === type && c.status === 'True');
  const failing = is('FailureTarget');
  if (failing) return failed(failing.reason ?? '', failing.message ?? '');
  const met = is('SuccessCriteriaMet');
  return met && { outcome: 'succeeded', reason: met.reason ?? '', message: met.message ?? '' };
}

function tooManyFailures(job: Job, { totalFailed }: Account, active: readonly Pod[]): Verdict | undefined {
  const verdict = failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (job.spec.backoffLimitPerIndex !== undefined && job.spec.backoffLimit === undefined) return undefined;
  const limit = job.spec.backoffLimit ?? 6;
  if (totalFailed > limit) return verdict;
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return undefined;
  const restarted = active.reduce((sum, pod) => sum + restarts(pod), 0);
  return (limit === 0 ? restarted > 0 : restarted >= limit) ? verdict : undefined;
}

function tooLate(job: Job, now: number): Verdict | undefined {
  const left = untilDeadline(job, now);
  if (left === undefined || left > 0) return undefined;
  return failed('DeadlineExceeded', 'Job was active longer than specified deadline');
}

function failedIndexes(job: Job, accounts: Account): Verdict | undefined {
  if (job.spec.backoffLimitPerIndex === undefined) return undefined;
  const count = accounts.failedIndexes.size;
  if (job.spec.maxFailedIndexes !== undefined && count > job.spec.maxFailedIndexes) {
    return failed('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  }
  const over = count + accounts.completedIndexes.size >= (job.spec.completions ?? 0);
  return count > 0 && over ? failed('FailedIndexes', 'Job has failed indexes') : undefined;
}

function successPolicy(job: Job, { completedIndexes }: Account): Verdict | undefined {
  if (!isIndexed(job)) return undefined;
  const rules = job.spec.successPolicy?.rules ?? [];
  const index = rules.findIndex(({ succeededIndexes, succeededCount }) => {
    const wanted =
      succeededIndexes === undefined ? undefined : parseIndexes(succeededIndexes, job.spec.completions ?? 0);
    const met = wanted ? [...wanted].filter((i) => completedIndexes.has(i)).length : completedIndexes.size;
    return met >= (succeededCount ?? wanted?.size ?? 0);
  });
  if (index < 0) return undefined;
  return { outcome: 'succeeded', reason: 'SuccessPolicy', message: `Matched rules at index ${index}` };
}

function completed(job: Job, { totalSucceeded }: Account, active: readonly Pod[]): Verdict | undefined {
  const { completions } = job.spec;
  if (completions === undefined) return totalSucceeded > 0 && active.length === 0 ? COMPLETED : undefined;
  return totalSucceeded >= completions && active.length === 0 ? COMPLETED : undefined;
}
