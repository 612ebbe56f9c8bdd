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

/** `over`: the Job has ended; when it failed, Pods that are still there count as failed too, else they do not count. */
export function account(job: Job, pods: readonly Pod[], over?: 'failed' | 'succeeded'): Account {
  const ledger = openLedger(job, pods);
  for (const pod of pods) {
    if (!isTracked(pod)) continue;
    if (pod.status?.phase === 'Succeeded') enterSuccess(job, pod, ledger);
    else if (hasFailed(job, pod) || over === 'failed') enterFailure(job, pod, ledger);
    else if (over) ledger.settled.push(pod);
  }
  for (const index of ledger.completedIndexes) ledger.failedIndexes.delete(index);
  const { counted, uncounted, completedIndexes } = ledger;
  const succeeded = isIndexed(job) ? completedIndexes.size : counted.succeeded;
  return {
    ...ledger,
    succeeded,
    failed: counted.failed,
    totalSucceeded: isIndexed(job) ? succeeded : succeeded + uncounted.succeeded.length,
    totalFailed: counted.failed + uncounted.failed.length,
  };
}

interface Ledger {
  readonly counted: { readonly succeeded: number; readonly failed: number };
  readonly uncounted: { readonly succeeded: string[]; readonly failed: string[] };
  /** Uids that stand among the uncounted since before. */
  readonly known: ReadonlySet<string>;
  readonly completedIndexes: Set<number>;
  readonly failedIndexes: Set<number>;
  readonly settled: Pod[];
  failJob: string | undefined;
  newlySucceeded: number;
  newlyFailed: number;
}

/** Uncounted Pods whose finalizer has gone, or who have gone themselves, are counted now. */
function openLedger(job: Job, pods: readonly Pod[]): Ledger {
  const {
    uncountedTerminatedPods: before,
    succeeded = 0,
    failed = 0,
    completedIndexes,
    failedIndexes,
  } = job.status ?? {};
  const held = new Set(pods.filter(isTracked).map((pod) => pod.metadata.uid));
  const still = (uids: readonly string[] = []) => uids.filter((uid) => held.has(uid));
  const gone = (uids: readonly string[] = []) => uids.length - still(uids).length;
  const uncounted = { succeeded: still(before?.succeeded), failed: still(before?.failed) };
  const completions = job.spec.completions ?? 0;
  return {
    counted: { succeeded: succeeded + gone(before?.succeeded), failed: failed + gone(before?.failed) },
    uncounted,
    known: new Set([...uncounted.succeeded, ...uncounted.failed]),
    completedIndexes: parseIndexes(isIndexed(job) ? completedIndexes : undefined, completions),
    failedIndexes: parseIndexes(failedIndexes, completions),
    settled: [],
    failJob: undefined,
    newlySucceeded: 0,
    newlyFailed: 0,
  };
}

function enterSuccess(job: Job, pod: Pod, ledger: Ledger): void {
  ledger.settled.push(pod);
  const { uid } = pod.metadata;
  const index = indexOf(job, pod);
  if (!isIndexed(job)) {
    if (ledger.known.has(uid)) return;
    ledger.uncounted.succeeded.push(uid);
  } else {
    if (index === undefined || ledger.completedIndexes.has(index)) return;
    ledger.completedIndexes.add(index);
  }
  ledger.newlySucceeded++;
}

function enterFailure(job: Job, pod: Pod, ledger: Ledger): void {
  ledger.settled.push(pod);
  const { uid } = pod.metadata;
  const index = indexOf(job, pod);
  if (ledger.known.has(uid) || (isIndexed(job) && index === undefined)) return;
  const { action, message } = judgeFailure(job, pod);
  if (action === 'FailJob') ledger.failJob ??= message;
  if (index !== undefined && isIndexLost(job, pod, action)) ledger.failedIndexes.add(index);
  if (action === 'Ignore') return;
  ledger.uncounted.failed.push(uid);
  ledger.newlyFailed++;
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
