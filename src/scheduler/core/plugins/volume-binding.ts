/** Hosts must reach the volumes of the Pod's claims, or be able to get such volumes. */
import type { PersistentVolumeClaim } from '../../../kube/index.ts';
import type { Cluster } from '../cluster.ts';
import { type Plugin, type Refusal, refusal } from '../plugin.ts';
import type { PodInfo } from '../pod-info.ts';
import { isBound } from '../storage.ts';
import { planVolumes, type VolumeFault } from '../volume-plan.ts';

const NAME = 'VolumeBinding';
const hopeless = (reason: string) => refusal(NAME, 'UnschedulableAndUnresolvable', reason);
const FAULTS: Readonly<Record<VolumeFault, Refusal>> = {
  'lost volume': hopeless('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'),
  'wrong node': hopeless("node(s) didn't match PersistentVolume's node affinity"),
  'no volume': hopeless("node(s) didn't find available persistent volumes to bind"),
};
const UNBOUND = hopeless('pod has unbound immediate PersistentVolumeClaims');

export const volumeBinding: Plugin = {
  name: NAME,
  filter(pod, cluster) {
    if (pod.class.volumes.claims.length === 0) return undefined;
    const claims = claimsOf(pod, cluster);
    if (!Array.isArray(claims)) return claims;
    return {
      kind: 'filter',
      refuse(node) {
        const plan = planVolumes(claims, node.facts, cluster.storage);
        return typeof plan === 'string' ? FAULTS[plan] : undefined;
      },
    };
  },
};

/** The claims the Pod names, all there and ready to be looked at host by host; else why not. */
export function claimsOf(pod: PodInfo, { storage }: Cluster): PersistentVolumeClaim[] | Refusal {
  const found: PersistentVolumeClaim[] = [];
  for (const name of pod.class.volumes.claims) {
    const claim = storage.claimOf(pod, name);
    const fault = claim ? claimFault(pod, claim) : missing(pod, name);
    if (fault) return hopeless(fault);
    if (!isBound(claim!) && !storage.waitsForConsumer(claim!)) return UNBOUND;
    found.push(claim!);
  }
  return found;
}

function missing(pod: PodInfo, name: string): string {
  return pod.class.volumes.ephemeralClaims.includes(name)
    ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
    : `persistentvolumeclaim "${name}" not found`;
}

function claimFault(pod: PodInfo, claim: PersistentVolumeClaim): string | undefined {
  const { name, deletionTimestamp, ownerReferences = [] } = claim.metadata;
  if (deletionTimestamp !== undefined) return `persistentvolumeclaim "${name}" is being deleted`;
  if (claim.status?.phase === 'Lost') {
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`;
  }
  if (!pod.class.volumes.ephemeralClaims.includes(name)) return undefined;
  if (ownerReferences.some(({ uid, controller }) => controller && uid === pod.uid)) return undefined;
  return `PVC ${pod.namespace}/${name} was not created for pod ${pod.key} (pod is not owner)`;
}
