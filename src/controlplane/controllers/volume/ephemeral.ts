/** Makes the claims of generic ephemeral volumes: they are born with their Pod and go with it. */

import {
  controllerReference,
  createLoop,
  type Env,
  isFinished,
  isNamespaceEnding,
  type Loop,
} from '../../../control/index.ts';
import {
  type core,
  type Draft,
  isStatus,
  keyOf,
  PERSISTENT_VOLUME_CLAIMS,
  type PersistentVolumeClaim,
  PODS,
  type Pod,
} from '../../../kube/index.ts';

export function ephemeralClaims(pod: Pod): Draft<PersistentVolumeClaim>[] {
  return (pod.spec.volumes ?? []).filter((volume) => volume.ephemeral).map((volume) => claimOf(pod, volume));
}

export function ephemeralVolumeController(env: Env): Loop {
  const pods = env.caches.of(PODS);
  const claims = env.caches.of(PERSISTENT_VOLUME_CLAIMS);
  const loop = createLoop(env, 'ephemeral-volume', reconcile);
  const tell = (pod: Pod) => {
    if (pod.spec.volumes?.some((volume) => volume.ephemeral)) loop.enqueue(keyOf(pod));
  };
  pods.onChange({ add: tell });
  return loop;

  async function reconcile(key: string): Promise<void> {
    const pod = pods.get(key);
    if (!pod || pod.metadata.deletionTimestamp || isFinished(pod)) return;
    for (const draft of ephemeralClaims(pod)) {
      if (claims.get(`${draft.metadata.namespace}/${draft.metadata.name}`)) continue;
      try {
        await env.client.create(PERSISTENT_VOLUME_CLAIMS, draft);
      } catch (error) {
        if (!isStatus(error, 'AlreadyExists') && !isNamespaceEnding(error)) throw error;
      }
    }
  }
}

function claimOf(pod: Pod, { name, ephemeral }: core.Volume): Draft<PersistentVolumeClaim> {
  const { metadata, spec } = ephemeral?.volumeClaimTemplate ?? {};
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: `${pod.metadata.name}-${name}`,
      namespace: pod.metadata.namespace,
      ...(metadata?.labels && { labels: { ...metadata.labels } }),
      ...(metadata?.annotations && { annotations: { ...metadata.annotations } }),
      ownerReferences: [controllerReference(pod, PODS)],
    },
    spec: structuredClone(spec ?? {}) as PersistentVolumeClaim['spec'],
  };
}
