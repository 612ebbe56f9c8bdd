/** Which volume a claim gets. */
import {
  compareQuantities,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
  selectorOf,
} from '../../../kube/index.ts';

export const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
export const PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

/** The newest class that says it is the default. */
export function defaultClass(classes: Iterable<StorageClass>): StorageClass | undefined {
  return [...classes]
    .filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true')
    .sort(
      (a, b) =>
        Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp) ||
        (a.metadata.name < b.metadata.name ? -1 : 1),
    )[0];
}

/** Is the volume this claim's, or promised to it by name? */
export function isReservedFor(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { claimRef } = volume.spec;
  const { namespace, name, uid } = claim.metadata;
  if (claimRef?.namespace !== namespace || claimRef?.name !== name) return false;
  return claimRef.uid === undefined || claimRef.uid === '' || claimRef.uid === uid;
}

/** One reserved for the claim, else the smallest free one that fits. */
export function bestVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
): PersistentVolume | undefined {
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (volume.metadata.deletionTimestamp || !fits(claim, volume)) continue;
    if (isReservedFor(volume, claim)) return volume;
    if (volume.spec.claimRef || volume.status?.phase !== 'Available') continue;
    if (!best || compareQuantities(sizeOf(volume), sizeOf(best)) < 0) best = volume;
  }
  return best;
}

export type ClaimStep =
  /** Class to write into a claim that names none. */
  | { readonly kind: 'assignClass'; readonly className: string }
  | { readonly kind: 'bind'; readonly volume: PersistentVolume }
  | { readonly kind: 'provision'; readonly storageClass: StorageClass }
  /** Its volume has gone, or is another's. */
  | { readonly kind: 'lost'; readonly reason: 'ClaimLost' | 'ClaimMisbound'; readonly message: string }
  | { readonly kind: 'wait'; readonly reason: string; readonly message: string }
  | { readonly kind: 'nothing' };

export interface ClaimWorld {
  readonly volumes: Iterable<PersistentVolume>;
  readonly classes: Iterable<StorageClass>;
  /** The provisioner that is simulated here. */
  readonly provisioner: string;
  /** Has a Pod that uses the claim got a host? */
  readonly hasConsumer: boolean;
}

export function planClaim(claim: PersistentVolumeClaim, world: ClaimWorld): ClaimStep {
  if (claim.metadata.deletionTimestamp) return { kind: 'nothing' };
  if (claim.spec.volumeName) return planNamed(claim, [...world.volumes]);
  const className = classOf(claim);
  const fallback = className === undefined ? defaultClass(world.classes) : undefined;
  if (fallback) return { kind: 'assignClass', className: fallback.metadata.name };
  const storageClass = [...world.classes].find(({ metadata }) => metadata.name === className);
  const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
  const chosen = claim.metadata.annotations?.[SELECTED_NODE] !== undefined || world.hasConsumer;
  if (waits && !chosen) {
    return {
      kind: 'wait',
      reason: 'WaitForFirstConsumer',
      message: 'waiting for first consumer to be created before binding',
    };
  }
  const volume = bestVolume(claim, world.volumes);
  if (volume) return { kind: 'bind', volume };
  return planProvision(className, storageClass, world.provisioner);
}

export function classOf({ metadata, spec }: PersistentVolumeClaim): string | undefined {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName;
}

function planNamed(claim: PersistentVolumeClaim, volumes: readonly PersistentVolume[]): ClaimStep {
  const { volumeName } = claim.spec;
  const volume = volumes.find(({ metadata }) => metadata.name === volumeName);
  const completed = claim.metadata.annotations?.[BIND_COMPLETED] !== undefined;
  if (volume && (!volume.spec.claimRef || isReservedFor(volume, claim))) return { kind: 'bind', volume };
  if (!completed)
    return {
      kind: 'wait',
      reason: 'FailedBinding',
      message: `volume "${volumeName}" ${volume ? 'already bound to a different claim.' : 'not found'}`,
    };
  if (volume)
    return {
      kind: 'lost',
      reason: 'ClaimMisbound',
      message: 'Two claims are bound to the same volume, this one is bound incorrectly',
    };
  return {
    kind: 'lost',
    reason: 'ClaimLost',
    message: 'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
  };
}

function planProvision(
  className: string | undefined,
  storageClass: StorageClass | undefined,
  provisioner: string,
): ClaimStep {
  if (!className) {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    return { kind: 'wait', reason: 'FailedBinding', message };
  }
  if (!storageClass) {
    return {
      kind: 'wait',
      reason: 'ProvisioningFailed',
      message: `storageclass.storage.k8s.io "${className}" not found`,
    };
  }
  if (storageClass.provisioner === provisioner) return { kind: 'provision', storageClass };
  if (storageClass.provisioner === 'kubernetes.io/no-provisioner') {
    return { kind: 'wait', reason: 'FailedBinding', message: 'no persistent volumes available for this claim' };
  }
  const message = `Waiting for a volume to be created either by the external provisioner '${storageClass.provisioner}' or manually by the system administrator.`;
  return { kind: 'wait', reason: 'ExternalProvisioning', message };
}

function fits(claim: PersistentVolumeClaim, volume: PersistentVolume): boolean {
  const { accessModes = [], resources, selector, volumeMode = 'Filesystem' } = claim.spec;
  return (
    (classOf(claim) ?? '') === (volume.spec.storageClassName ?? '') &&
    (volume.spec.volumeMode ?? 'Filesystem') === volumeMode &&
    accessModes.every((mode) => volume.spec.accessModes?.includes(mode)) &&
    compareQuantities(sizeOf(volume), (resources?.requests?.storage as string | undefined) ?? '0') >= 0 &&
    (selector === undefined || selectorOf(selector).matches(volume.metadata.labels))
  );
}

function sizeOf(volume: PersistentVolume): string {
  return (volume.spec.capacity?.storage as string | undefined) ?? '0';
}
