/** What a ReplicaSet should do next, and what its status should say. */

import { chooseForDeletion, isActive, isAvailable, isReady } from '../../../control/index.ts';
import { type apps, type core, type Pod, type ReplicaSet, rfc3339 } from '../../../kube/index.ts';

/** Never more than this many writes in one go. */
export const BURST = 500;

export interface ReplicaSetPlan {
  readonly create: number;
  readonly remove: readonly Pod[];
}

/** `pods` are the ReplicaSet's own; `related` all active Pods of its Deployment, for spreading deletions over hosts. */
export function planReplicaSet(
  set: ReplicaSet,
  pods: readonly Pod[],
  related: () => readonly Pod[],
  now: number,
): ReplicaSetPlan {
  if (set.metadata.deletionTimestamp) return { create: 0, remove: [] };
  const active = pods.filter(isActive);
  const missing = (set.spec.replicas ?? 1) - active.length;
  if (missing >= 0) return { create: Math.min(missing, BURST), remove: [] };
  return { create: 0, remove: chooseForDeletion(active, related(), Math.min(-missing, BURST), now) };
}

/** What went wrong with the last step, if anything. */
export interface StepFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

export function replicaSetStatus(
  set: ReplicaSet,
  pods: readonly Pod[],
  now: number,
  failed?: StepFailure,
): apps.ReplicaSetStatus {
  const active = pods.filter(isActive);
  const labels = Object.entries(set.spec.template?.metadata?.labels ?? {});
  const conditions = failureConditions(set, now, failed);
  return {
    replicas: active.length,
    fullyLabeledReplicas: active.filter((pod) => labels.every(([k, v]) => pod.metadata.labels?.[k] === v)).length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: active.filter((pod) => isAvailable(pod, set.spec.minReadySeconds ?? 0, now)).length,
    observedGeneration: set.metadata.generation,
    ...(conditions.length > 0 && { conditions }),
  };
}

function failureConditions(set: ReplicaSet, now: number, failed?: StepFailure): core.PodCondition[] {
  const all = set.status?.conditions ?? [];
  const others = all.filter((condition) => condition.type !== 'ReplicaFailure');
  if (!failed) return others;
  const before = all.find((condition) => condition.type === 'ReplicaFailure');
  if (before?.status === 'True' && before.reason === failed.reason) return [...all];
  return [...others, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: rfc3339(now), ...failed }];
}
