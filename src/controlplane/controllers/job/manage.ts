/** Which Pods a running Job starts and stops. */

import { chooseForDeletion } from '../../../control/index.ts';
import type { Job, Pod } from '../../../kube/index.ts';
import { type Account, failuresOfIndex } from './account.ts';
import { indexOf, isIndexed, type NewJobPod, replacesFailedOnly } from './job-pod.ts';

/** Never more than this many writes in one go. */
export const BURST = 500;

export interface JobPlan {
  readonly create: readonly NewJobPod[];
  /** These stop without counting as failures. */
  readonly remove: readonly Pod[];
}

export interface JobPods {
  readonly all: readonly Pod[];
  readonly active: readonly Pod[];
  /** On their way out, not ended yet. */
  readonly terminating: readonly Pod[];
}

export function planJob(job: Job, pods: JobPods, accounts: Account, now: number): JobPlan {
  if (job.spec.suspend) return { create: [], remove: pods.active.slice(0, BURST) };
  const duplicates = isIndexed(job) ? duplicatesOf(job, pods.active, accounts) : [];
  const active = pods.active.filter((pod) => !duplicates.includes(pod));
  const wanted = wantedActive(job, active.length, accounts);
  const surplus = active.length - wanted;
  if (surplus > 0 || duplicates.length > 0) {
    const chosen = surplus > 0 ? chooseForDeletion(active, [], surplus, now) : [];
    return { create: [], remove: [...duplicates, ...chosen].slice(0, BURST) };
  }
  const waiting = replacesFailedOnly(job) ? pods.terminating.length : 0;
  const missing = Math.min(BURST, Math.max(0, wanted - active.length - waiting));
  return {
    create: isIndexed(job) ? pendingIndexes(job, pods, accounts, missing) : Array(missing).fill({}),
    remove: [],
  };
}

function wantedActive(job: Job, active: number, { totalSucceeded, failedIndexes }: Account): number {
  const { parallelism = 1, completions } = job.spec;
  if (completions === undefined) return totalSucceeded > 0 ? Math.min(active, parallelism) : parallelism;
  return Math.max(0, Math.min(parallelism, completions - totalSucceeded - failedIndexes.size));
}

/** Of several Pods of one index, and of those whose index is done, no more than one is needed. */
function duplicatesOf(job: Job, active: readonly Pod[], { completedIndexes, failedIndexes }: Account): Pod[] {
  const seen = new Set<number>();
  return active.filter((pod) => {
    const index = indexOf(job, pod);
    if (index === undefined || seen.has(index)) return true;
    seen.add(index);
    return completedIndexes.has(index) || failedIndexes.has(index);
  });
}

function pendingIndexes(job: Job, pods: JobPods, accounts: Account, count: number): NewJobPod[] {
  const busy = new Set(pods.active.map((pod) => indexOf(job, pod)));
  if (replacesFailedOnly(job)) for (const pod of pods.terminating) busy.add(indexOf(job, pod));
  const chosen: NewJobPod[] = [];
  for (let index = 0; index < (job.spec.completions ?? 0) && chosen.length < count; index++) {
    if (busy.has(index) || accounts.completedIndexes.has(index) || accounts.failedIndexes.has(index)) continue;
    const perIndex = job.spec.backoffLimitPerIndex !== undefined;
    chosen.push({ index, ...(perIndex && { failures: failuresOfIndex(job, pods.all, index) }) });
  }
  return chosen;
}
