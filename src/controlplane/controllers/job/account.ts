/**
 * Counts each ended Pod exactly once, however often the controller dies: a Pod keeps its finalizer until its uid stands
 * in the status, and its uid stays there until its finalizer is seen to be gone; only then it becomes a mere number.
 */
import type { Job, Pod } from '../../../kube/index.ts';
import { judgeFailure } from './failure-policy.ts';
import { formatIndexes, parseIndexes } from './index-set.ts';
import { hasFailed, INDEX_FAILURES, indexOf, isIndexed, isTracked } from './job-pod.ts';

export interface Account {
  /** Counters as the status is to show them. */
  readonly succeeded: number;
  readonly failed: number;
  readonly uncounted: { readonly succeeded: readonly string[]; readonly failed: readonly string[] };
  readonly completedIndexes: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number>;
  /** Counters and uncounted together. */
  readonly totalSucceeded: number;
  readonly totalFailed: number;
  /** Pods that the status accounts for: their finalizers may go once it has been written. */
  readonly settled: readonly Pod[];
  /** Message of the first Pod by which the whole Job fails. */
  readonly failJob: string | undefined;
  readonly newlySucceeded: number;
  readonly newlyFailed: number;
}

/** `ending`: the Job is over, so that every Pod still there counts as failed. `done`: it has succeeded, so none does. */
export function account(job: Job, pods: readonly Pod[], over?: 'failed' | 'succeeded'): Account {
  const indexed = isIndexed(job);
  const completions = job.spec.completions ?? 0;
  const completed = parseIndexes(indexed ? job.status?.completedIndexes : undefined, completions);
  const failedIndexes = parseIndexes(job.status?.failedIndexes, completions);
  const held = new Set(pods.filter(isTracked).map((pod) => pod.metadata.uid));
  const before = job.status?.uncountedTerminatedPods;
  const [wasSucceeded, wasFailed] = [before?.succeeded ?? [], before?.failed ?? []];
  const succeeded = wasSucceeded.filter((uid) => held.has(uid));
  const failed = wasFailed.filter((uid) => held.has(uid));
  const known = new Set([...succeeded, ...failed]);
  const settled: Pod[] = [];
  let failJob: string | undefined;
  let newlySucceeded = 0;
  let newlyFailed = 0;
  for (const pod of pods.filter(isTracked)) {
    const { uid } = pod.metadata;
    const index = indexOf(job, pod);
    if (pod.status?.phase === 'Succeeded') {
      settled.push(pod);
      if (known.has(uid) || (indexed && (index === undefined || completed.has(index)))) continue;
      newlySucceeded++;
      if (indexed) completed.add(index!);
      else succeeded.push(uid);
    } else if (hasFailed(job, pod) || over) {
      settled.push(pod);
      if (known.has(uid) || (!hasFailed(job, pod) && over === 'succeeded') || (indexed && index === undefined))
        continue;
      const { action, message } = judgeFailure(job, pod);
      if (action === 'FailJob') failJob ??= message;
      if (index !== undefined && isIndexLost(job, pod, action)) failedIndexes.add(index);
      if (action === 'Ignore') continue;
      newlyFailed++;
      failed.push(uid);
    }
  }
  for (const index of completed) failedIndexes.delete(index);
  const countedFailed = (job.status?.failed ?? 0) + wasFailed.length - wasFailed.filter((uid) => held.has(uid)).length;
  const countedSucceeded =
    (job.status?.succeeded ?? 0) + wasSucceeded.length - wasSucceeded.filter((uid) => held.has(uid)).length;
  return {
    succeeded: indexed ? completed.size : countedSucceeded,
    failed: countedFailed,
    uncounted: { succeeded, failed },
    completedIndexes: completed,
    failedIndexes,
    totalSucceeded: indexed ? completed.size : countedSucceeded + succeeded.length,
    totalFailed: countedFailed + failed.length,
    settled,
    failJob,
    newlySucceeded,
    newlyFailed,
  };
}

/** How often an index has failed, by the Pods that are still to be seen. */
export function failuresOfIndex(job: Job, pods: readonly Pod[], index: number): number {
  const failures = pods
    .filter((pod) => indexOf(job, pod) === index)
    .map((pod) => priorFailures(pod) + Number(hasFailed(job, pod) && judgeFailure(job, pod).action !== 'Ignore'));
  return Math.max(0, ...failures);
}

export function accountStatus(job: Job, { uncounted, completedIndexes, failedIndexes, succeeded, failed }: Account) {
  const { succeeded: s, failed: f } = uncounted;
  return {
    succeeded,
    failed,
    uncountedTerminatedPods: { ...(s.length > 0 && { succeeded: [...s] }), ...(f.length > 0 && { failed: [...f] }) },
    ...(isIndexed(job) && completedIndexes.size > 0 && { completedIndexes: formatIndexes(completedIndexes) }),
    ...(job.spec.backoffLimitPerIndex !== undefined && { failedIndexes: formatIndexes(failedIndexes) }),
  };
}

function isIndexLost(job: Job, pod: Pod, action: string): boolean {
  const limit = job.spec.backoffLimitPerIndex;
  if (limit === undefined) return false;
  return action === 'FailIndex' || (action !== 'Ignore' && priorFailures(pod) >= limit);
}

function priorFailures(pod: Pod): number {
  return Number(pod.metadata.annotations?.[INDEX_FAILURES] ?? 0) || 0;
}
