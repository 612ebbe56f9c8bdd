/** What a StatefulSet's status says. */
import type { apps, Pod, StatefulSet } from '../../../kube/index.ts';
import { revisionOf } from './identity.ts';
import { isLeaving, isRunningAndAvailable, isRunningAndReady, type Revisions } from './plan.ts';

export function statefulSetStatus(
  set: StatefulSet,
  pods: readonly Pod[],
  revisions: Revisions,
  now: number,
  collisionCount: number | undefined,
): apps.StatefulSetStatus {
  const created = pods.filter((pod) => pod.status?.phase);
  const staying = created.filter((pod) => !isLeaving(pod));
  const ofRevision = (name: string) => staying.filter((pod) => revisionOf(pod) === name).length;
  const status = {
    observedGeneration: set.metadata.generation,
    replicas: created.length,
    readyReplicas: created.filter(isRunningAndReady).length,
    availableReplicas: created.filter((pod) => isRunningAndAvailable(set, pod, now)).length,
    currentReplicas: ofRevision(revisions.current),
    updatedReplicas: ofRevision(revisions.update),
    currentRevision: revisions.current,
    updateRevision: revisions.update,
    ...(collisionCount !== undefined && { collisionCount }),
    ...(set.status?.conditions && { conditions: set.status.conditions }),
  };
  return isRolledOut(set, status)
    ? { ...status, currentRevision: revisions.update, currentReplicas: status.updatedReplicas }
    : status;
}

/** All Pods are there, ready and of the new revision: it becomes the current one. */
function isRolledOut(set: StatefulSet, status: apps.StatefulSetStatus): boolean {
  const { type = 'RollingUpdate' } = set.spec.updateStrategy ?? {};
  const replicas = set.spec.replicas ?? 1;
  const all = status.updatedReplicas === replicas && status.readyReplicas === replicas && status.replicas === replicas;
  return type === 'RollingUpdate' && all;
}
