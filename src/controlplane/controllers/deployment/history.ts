/** Which old ReplicaSets of a Deployment are no longer needed. */
import type { Deployment, ReplicaSet } from '../../../kube/index.ts';
import { sizeOf } from './limits.ts';
import { revisionOf } from './revision.ts';

/** Those beyond the history limit, lowest revisions first; never one that has Pods or has not been looked after yet. */
export function superfluous(deployment: Deployment, old: readonly ReplicaSet[]): ReplicaSet[] {
  const limit = deployment.spec.revisionHistoryLimit;
  if (limit === undefined || limit === 2 ** 31 - 1) return [];
  const alive = old.filter((set) => !set.metadata.deletionTimestamp);
  return alive
    .toSorted((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, Math.max(0, alive.length - limit))
    .filter(isIdle);
}

function isIdle(set: ReplicaSet): boolean {
  const observed = set.status?.observedGeneration ?? 0;
  return sizeOf(set) === 0 && (set.status?.replicas ?? 0) === 0 && (set.metadata.generation ?? 0) <= observed;
}
