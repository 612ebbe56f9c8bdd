/** A Pod as the scheduler carries it: the object, what was parsed of it, and its place in orders. */
import { keyOf, type Pod } from '../../kube/index.ts';
import type { PodClass, PodClasses } from './pod-class.ts';
import type { MatchedPod } from './pod-matcher.ts';

export interface PodInfo extends MatchedPod {
  /** `namespace/name` */
  readonly key: string;
  readonly uid: string;
  readonly priority: number;
  /** Milliseconds since the epoch; a Pod that has not started yet counts as later than all that have. */
  readonly startTime: number;
  readonly class: PodClass;
  /** The latest object seen; it may be replaced by one that says nothing new to a scheduler. */
  pod: Pod;
}

export function podInfo(pod: Pod, classes: PodClasses): PodInfo {
  const { metadata, spec, status } = pod;
  return {
    key: keyOf(pod),
    uid: metadata.uid,
    namespace: metadata.namespace ?? 'default',
    labels: metadata.labels ?? {},
    terminating: metadata.deletionTimestamp !== undefined,
    priority: spec.priority ?? 0,
    startTime: status?.startTime ? Date.parse(status.startTime) : Number.MAX_SAFE_INTEGER,
    class: classes.of(pod),
    pod,
  };
}

/** Higher priority first, then the one that has run longer: the order in which Pods deserve to stay. */
export function byImportance(a: PodInfo, b: PodInfo): number {
  return b.priority - a.priority || a.startTime - b.startTime;
}

/** A Pod that has come to its end holds no resources. */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}
