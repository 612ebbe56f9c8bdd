/** How far a rollout may stray from the wished number of Pods. */

import { scaled } from '../../../control/index.ts';
import type { Deployment, ReplicaSet } from '../../../kube/index.ts';

export interface Limits {
  readonly replicas: number;
  readonly surge: number;
  readonly unavailable: number;
}

/** Percentages of surge round up, of unavailable down; both nought would be a standstill, so then one may be missing. */
export function limitsOf(deployment: Deployment): Limits {
  const replicas = deployment.spec.replicas ?? 1;
  const { type = 'RollingUpdate', rollingUpdate } = deployment.spec.strategy ?? {};
  if (type !== 'RollingUpdate') return { replicas, surge: 0, unavailable: 0 };
  const surge = scaled(rollingUpdate?.maxSurge ?? '25%', replicas, 'up');
  const wished = scaled(rollingUpdate?.maxUnavailable ?? '25%', replicas, 'down');
  const unavailable = Math.min(surge === 0 && wished === 0 ? 1 : wished, replicas);
  return { replicas, surge, unavailable };
}

export function sizeOf(set: ReplicaSet | undefined): number {
  return set?.spec.replicas ?? (set ? 1 : 0);
}

export function total(sets: readonly (ReplicaSet | undefined)[], size: (set: ReplicaSet) => number): number {
  return sets.reduce((sum, set) => sum + (set ? size(set) : 0), 0);
}

/** A ReplicaSet that has just been told to shrink may still report Pods which it is about to delete. */
export function availableOf(set: ReplicaSet): number {
  return Math.min(set.status?.availableReplicas ?? 0, sizeOf(set));
}
