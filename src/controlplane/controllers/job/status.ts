/** What a Job's status says. */

import { isReady } from '../../../control/index.ts';
import { type batch, type Job, rfc3339 } from '../../../kube/index.ts';
import { type Account, accountStatus } from './account.ts';
import type { JobPods } from './manage.ts';
import type { Verdict } from './verdict.ts';

type Condition = batch.JobCondition;

export function isOver(job: Job): boolean {
  return overCondition(job) !== undefined;
}

export function overCondition(job: Job): Condition | undefined {
  return job.status?.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
}

export function jobStatus(
  job: Job,
  pods: JobPods,
  accounts: Account,
  verdict: Verdict | undefined,
  now: number,
): batch.JobStatus {
  const before = job.status ?? {};
  const suspended = job.spec.suspend === true;
  const ended = verdict && pods.active.length === 0 && pods.terminating.length === 0 && isSettled(accounts);
  const conditions = withSuspension(
    job,
    withVerdict(before.conditions ?? [], verdict, ended === true, now),
    verdict,
    now,
  );
  const startTime = suspended && !verdict ? undefined : (before.startTime ?? rfc3339(now));
  return {
    ...(startTime && { startTime }),
    active: pods.active.length,
    ready: pods.active.filter(isReady).length,
    terminating: pods.terminating.length,
    ...accountStatus(job, accounts),
    ...(conditions.length > 0 && { conditions }),
    ...(ended && verdict.outcome === 'succeeded' && { completionTime: rfc3339(now) }),
  };
}

/** Nothing waits to be counted any more. */
function isSettled({ uncounted, settled }: Account): boolean {
  return uncounted.succeeded.length + uncounted.failed.length + settled.length === 0;
}

/** First the decision, so that it survives; the end only when all Pods have gone or ended. */
function withVerdict(
  conditions: readonly Condition[],
  verdict: Verdict | undefined,
  ended: boolean,
  now: number,
): Condition[] {
  if (!verdict) return [...conditions];
  const { outcome, reason, message } = verdict;
  const [target, end] = outcome === 'failed' ? ['FailureTarget', 'Failed'] : ['SuccessCriteriaMet', 'Complete'];
  const decided = put(conditions, { type: target, status: 'True', reason, message }, now);
  return ended ? put(decided, { type: end, status: 'True', reason, message }, now) : decided;
}

function withSuspension(job: Job, conditions: Condition[], verdict: Verdict | undefined, now: number): Condition[] {
  if (verdict) return conditions;
  const was = conditions.some(({ type, status }) => type === 'Suspended' && status === 'True');
  if (job.spec.suspend && !was) {
    return put(
      conditions,
      { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' },
      now,
    );
  }
  if (job.spec.suspend || !was) return conditions;
  return put(conditions, { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' }, now);
}

function put(conditions: readonly Condition[], condition: Condition, now: number): Condition[] {
  const before = conditions.find(({ type }) => type === condition.type);
  if (before?.status === condition.status) return [...conditions];
  const time = rfc3339(now);
  const fresh = { ...condition, lastProbeTime: time, lastTransitionTime: time };
  return before ? conditions.map((other) => (other === before ? fresh : other)) : [...conditions, fresh];
}
