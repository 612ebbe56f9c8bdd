/** Those volumes of a Pod that say something about where it can run. */
import type { Pod } from '../../kube/index.ts';

export interface PodVolumes {
  /** Names of claims in the Pod's namespace. */
  readonly claims: readonly string[];
  /** Claims that are made for this Pod alone and must be its own: a subset of `claims`. */
  readonly ephemeralClaims: readonly string[];
  /** Inline disks that a second host, or a second writer, cannot have. */
  readonly disks: readonly Disk[];
  /** Drivers of inline CSI volumes, one entry a volume. */
  readonly inlineDrivers: readonly string[];
}

export interface Disk {
  readonly kind: 'gcePersistentDisk' | 'awsElasticBlockStore' | 'iscsi' | 'rbd';
  /** Two disks of one kind collide when their identities overlap. */
  readonly identity: string;
  readonly readOnly: boolean;
}

export function podVolumes(pod: Pod): PodVolumes {
  const volumes = pod.spec.volumes ?? [];
  const ephemeralClaims = volumes.flatMap(({ name, ephemeral }) => (ephemeral ? [`${pod.metadata.name}-${name}`] : []));
  const named = volumes.flatMap(({ persistentVolumeClaim }) =>
    persistentVolumeClaim ? [persistentVolumeClaim.claimName] : [],
  );
  return {
    claims: [...named, ...ephemeralClaims],
    ephemeralClaims,
    disks: volumes.flatMap(disksOf),
    inlineDrivers: volumes.flatMap(({ csi }) => (csi ? [csi.driver] : [])),
  };
}

type Volume = NonNullable<Pod['spec']['volumes']>[number];

function disksOf({ gcePersistentDisk: gce, awsElasticBlockStore: aws, iscsi, rbd }: Volume): Disk[] {
  const disks: Disk[] = [];
  if (gce) disks.push({ kind: 'gcePersistentDisk', identity: gce.pdName, readOnly: gce.readOnly ?? false });
  if (aws) disks.push({ kind: 'awsElasticBlockStore', identity: aws.volumeID, readOnly: false });
  if (iscsi) disks.push({ kind: 'iscsi', identity: iscsi.iqn, readOnly: iscsi.readOnly ?? false });
  for (const monitor of rbd?.monitors ?? []) {
    const identity = `${monitor}/${rbd!.pool ?? 'rbd'}/${rbd!.image}`;
    disks.push({ kind: 'rbd', identity, readOnly: rbd!.readOnly ?? false });
  }
  return disks;
}

/** Both read-only is the one way to share a disk, where the disk's kind allows that. */
export function disksCollide(a: readonly Disk[], b: readonly Disk[]): boolean {
  return a.some((one) =>
    b.some((other) => one.kind === other.kind && one.identity === other.identity && !(one.readOnly && other.readOnly)),
  );
}
