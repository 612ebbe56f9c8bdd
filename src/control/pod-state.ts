/** What a Pod's status says to those who manage it. */
import type { core, Pod } from '../kube/index.ts';

export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Neither finished nor on its way out. */
export function isActive(pod: Pod): boolean {
  return !isFinished(pod) && !pod.metadata.deletionTimestamp;
}

export function isReady(pod: Pod): boolean {
  return readyCondition(pod)?.status === 'True';
}

/** When the Pod became ready, in ms; undefined when it is not or does not tell. */
export function readySince(pod: Pod): number | undefined {
  const condition = readyCondition(pod);
  if (condition?.status !== 'True' || !condition.lastTransitionTime) return undefined;
  return Date.parse(condition.lastTransitionTime);
}

/** Ready for at least `minReadySeconds`. */
export function isAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  if (!isReady(pod)) return false;
  return minReadySeconds === 0 || (readySince(pod) ?? Number.POSITIVE_INFINITY) + minReadySeconds * 1000 <= now;
}

/** Milliseconds until the first of the ready Pods becomes available; undefined when none is waiting for that. */
export function nextAvailable(pods: readonly Pod[], minReadySeconds: number, now: number): number | undefined {
  if (minReadySeconds === 0) return undefined;
  const waits = pods
    .filter((pod) => isReady(pod) && !isAvailable(pod, minReadySeconds, now) && readySince(pod) !== undefined)
    .map((pod) => readySince(pod)! + minReadySeconds * 1000 - now);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}

export function restarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses?.map((container) => container.restartCount) ?? []));
}

function readyCondition(pod: Pod): core.PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === 'Ready');
}
