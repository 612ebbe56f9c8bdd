import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from '../../../kube/index.ts';
import { unitsOf } from '../amount.ts';
import { bytes, list, text } from '../column.ts';
import { kindTable } from '../kind-table.ts';

export const persistentVolumeClaims = kindTable<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS, {
  doc: 'Claims of volumes',
  columns: [
    text('phase', '`Pending`, `Bound` or `Lost`', (of) => of.status?.phase),
    text('volume_name', 'the volume it got', (of) => of.spec.volumeName),
    text('storage_class', 'what it asks for', (of) => of.spec.storageClassName),
    list('access_modes', 'how it may be mounted', (of) => of.spec.accessModes),
    bytes('requested', 'the size it asks for', (of) => unitsOf(of.spec.resources?.requests?.storage)),
    bytes('capacity', 'the size it has', (of) => unitsOf(of.status?.capacity?.storage)),
  ],
});

export const persistentVolumes = kindTable<PersistentVolume>(PERSISTENT_VOLUMES, {
  doc: 'Volumes',
  columns: [
    text('phase', '`Available`, `Bound`, `Released` or `Failed`', (of) => of.status?.phase),
    text('storage_class', 'its class', (of) => of.spec.storageClassName),
    text('reclaim_policy', 'what becomes of it', (of) => of.spec.persistentVolumeReclaimPolicy),
    text('claim_namespace', 'namespace of its claim', (of) => of.spec.claimRef?.namespace),
    text('claim_name', 'name of its claim', (of) => of.spec.claimRef?.name),
    list('access_modes', 'how it may be mounted', (of) => of.spec.accessModes),
    bytes('capacity', 'its size', (of) => unitsOf(of.spec.capacity?.storage)),
  ],
});
