/** Disks that only one Pod, or one host, can have at a time. */
import type { Cluster } from '../cluster.ts';
import { type Plugin, refusal } from '../plugin.ts';
import type { PodInfo } from '../pod-info.ts';
import { disksCollide } from '../pod-volumes.ts';

const NAME = 'VolumeRestrictions';
const DISK_TAKEN = refusal(NAME, 'Unschedulable', 'node(s) had no available disk');
const CLAIM_TAKEN = refusal(
  NAME,
  'Unschedulable',
  'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode',
);

export const volumeRestrictions: Plugin = {
  name: NAME,
  filter(pod, cluster) {
    const { disks } = pod.class.volumes;
    const exclusive = exclusiveClaims(pod, cluster);
    if (disks.length === 0 && exclusive.size === 0) return undefined;
    let users = 0;
    for (const key of exclusive) users += cluster.usersOfClaim(key);
    const usedBy = (other: PodInfo) =>
      other.class.volumes.claims.filter((name) => exclusive.has(`${other.namespace}/${name}`)).length;
    return {
      kind: 'filter',
      refuse(node) {
        if (disks.length > 0 && node.pods.values().some((other) => disksCollide(disks, other.class.volumes.disks))) {
          return DISK_TAKEN;
        }
        return users > 0 ? CLAIM_TAKEN : undefined;
      },
      podAdded: (other) => {
        users += usedBy(other);
      },
      podRemoved: (other) => {
        users -= usedBy(other);
      },
    };
  },
};

/** Keys of the Pod's claims that a single Pod of the whole cluster may use. */
function exclusiveClaims(pod: PodInfo, { storage }: Cluster): ReadonlySet<string> {
  const names = pod.class.volumes.claims.filter((name) =>
    storage.claimOf(pod, name)?.spec.accessModes?.includes('ReadWriteOncePod'),
  );
  return new Set(names.map((name) => `${pod.namespace}/${name}`));
}
