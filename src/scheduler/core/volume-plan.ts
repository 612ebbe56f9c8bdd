/** How the claims of a Pod get their volumes on a given host, or why they cannot. */
import {
  keyOf,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
  value,
} from '../../kube/index.ts';
import type { NodeFacts } from './node-facts.ts';
import { termMatches } from './node-selector.ts';
import { readable } from './pod-matcher.ts';
import { isBound, type Storage } from './storage.ts';

export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

export interface VolumePlan {
  /** Existing volumes to bind to claims. */
  readonly bindings: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[];
  /** Claims for which the storage class is to make a volume near the host. */
  readonly provisions: readonly PersistentVolumeClaim[];
}

export type VolumeFault = 'lost volume' | 'wrong node' | 'no volume';

/** Bound claims must be reachable from the host; others are matched with free volumes, else provisioned. */
export function planVolumes(
  claims: readonly PersistentVolumeClaim[],
  node: NodeFacts,
  storage: Storage,
): VolumePlan | VolumeFault {
  const bindings: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = [];
  const provisions: PersistentVolumeClaim[] = [];
  const taken = new Set<string>();
  for (const claim of claims) {
    if (isBound(claim)) {
      const volume = storage.boundVolume(claim);
      if (!volume) return 'lost volume';
      if (!reaches(volume, node)) return 'wrong node';
      continue;
    }
    const chosen = claim.metadata.annotations?.[SELECTED_NODE];
    if (chosen !== undefined && chosen !== node.name) return 'no volume';
    const volume = chosen === undefined ? freeVolume(claim, node, storage, taken) : undefined;
    if (volume) {
      taken.add(volume.metadata.name);
      bindings.push({ claim, volume });
    } else if (canProvision(storage.classes.get(claim.spec.storageClassName ?? ''), node)) provisions.push(claim);
    else return 'no volume';
  }
  return { bindings, provisions };
}

/** May Pods on this host use the volume? */
export function reaches(volume: PersistentVolume, node: NodeFacts): boolean {
  const terms = volume.spec.nodeAffinity?.required?.nodeSelectorTerms;
  return !terms || terms.some((term) => termMatches(term, node));
}

/** The smallest free volume that satisfies the claim; one that is reserved for the claim comes before all. */
function freeVolume(
  claim: PersistentVolumeClaim,
  node: NodeFacts,
  storage: Storage,
  taken: ReadonlySet<string>,
): PersistentVolume | undefined {
  let best: PersistentVolume | undefined;
  for (const volume of storage.volumes.values()) {
    if (taken.has(volume.metadata.name) || !suits(volume, claim, storage) || !reaches(volume, node)) continue;
    if (volume.spec.claimRef) return volume;
    if (!best || sizeOf(volume) < sizeOf(best)) best = volume;
  }
  return best;
}

function suits(volume: PersistentVolume, claim: PersistentVolumeClaim, storage: Storage): boolean {
  const { spec } = claim;
  const reservedFor = storage.reservedVolumes.get(volume.metadata.name);
  if (reservedFor !== undefined && reservedFor !== keyOf(claim)) return false;
  const { claimRef, accessModes = [], storageClassName = '', volumeMode = 'Filesystem' } = volume.spec;
  if (claimRef && (claimRef.name !== claim.metadata.name || claimRef.namespace !== claim.metadata.namespace))
    return false;
  if (!claimRef && volume.status?.phase !== undefined && volume.status.phase !== 'Available') return false;
  return (
    volume.metadata.deletionTimestamp === undefined &&
    storageClassName === (spec.storageClassName ?? '') &&
    volumeMode === (spec.volumeMode ?? 'Filesystem') &&
    (spec.accessModes ?? []).every((mode) => accessModes.includes(mode)) &&
    (!spec.selector || readable(spec.selector).matches(volume.metadata.labels ?? {})) &&
    sizeOf(volume) >= value(spec.resources?.requests?.storage ?? 0)
  );
}

function sizeOf(volume: PersistentVolume): number {
  return value(volume.spec.capacity?.storage ?? 0);
}

function canProvision(storageClass: StorageClass | undefined, node: NodeFacts): boolean {
  if (!storageClass?.provisioner || storageClass.provisioner === NO_PROVISIONER) return false;
  const topologies = storageClass.allowedTopologies ?? [];
  if (topologies.length === 0) return true;
  return topologies.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.every(({ key, values }) => values.includes(node.labels[key] ?? '')),
  );
}
