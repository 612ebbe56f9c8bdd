/** Volumes that hold nothing: simulated hosts mount nothing. */
import type { Draft, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../kube/index.ts';
import { PROVISIONED_BY, PROVISIONER } from './binding.ts';

export const SIMULATED_PROVISIONER = 'simulated.jdos.jd.com';
/** Keeps a volume while a claim holds it. */
export const VOLUME_PROTECTION = 'kubernetes.io/pv-protection';

export function simulatedVolume(claim: PersistentVolumeClaim, storageClass: StorageClass): Draft<PersistentVolume> {
  const { namespace, name, uid } = claim.metadata;
  const { accessModes = ['ReadWriteOnce'], resources, volumeMode } = claim.spec;
  const volume = `pvc-${uid}`;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volume,
      annotations: { [PROVISIONED_BY]: SIMULATED_PROVISIONER, [PROVISIONER]: SIMULATED_PROVISIONER },
      finalizers: [VOLUME_PROTECTION],
    },
    spec: {
      accessModes: [...accessModes],
      capacity: { storage: resources?.requests?.storage ?? '1Gi' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
      csi: { driver: SIMULATED_PROVISIONER, volumeHandle: volume },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      ...(volumeMode && { volumeMode }),
    },
  };
}
