/** The storage objects that decide where Pods with claims can run. */
import type { PersistentVolume, PersistentVolumeClaim, StorageClass, storage } from '../../kube/index.ts';
import type { PodInfo } from './pod-info.ts';

export type CsiNode = storage.CSINode;

export class Storage {
  /** By `namespace/name`. */
  readonly claims = new Map<string, PersistentVolumeClaim>();
  readonly volumes = new Map<string, PersistentVolume>();
  readonly classes = new Map<string, StorageClass>();
  /** By the node's name. */
  readonly csiNodes = new Map<string, CsiNode>();
  /** Volumes that a decision has promised to a claim before the API says so: claim key by volume name. */
  readonly reservedVolumes = new Map<string, string>();

  claimOf(pod: PodInfo, name: string): PersistentVolumeClaim | undefined {
    return this.claims.get(`${pod.namespace}/${name}`);
  }

  /** The volume a claim is bound to; undefined while it is not bound or its volume is missing. */
  boundVolume(claim: PersistentVolumeClaim): PersistentVolume | undefined {
    return isBound(claim) ? this.volumes.get(claim.spec.volumeName!) : undefined;
  }

  /** Does binding wait for the first Pod that uses the claim? */
  waitsForConsumer(claim: PersistentVolumeClaim): boolean {
    const name = claim.spec.storageClassName;
    return name !== undefined && this.classes.get(name)?.volumeBindingMode === 'WaitForFirstConsumer';
  }
}

const COMPLETED = 'pv.kubernetes.io/bind-completed';

export function isBound(claim: PersistentVolumeClaim): boolean {
  if (!claim.spec.volumeName) return false;
  return claim.metadata.annotations?.[COMPLETED] !== undefined || claim.status?.phase === 'Bound';
}
