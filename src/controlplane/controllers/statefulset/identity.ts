/** Names, labels and claims that make a StatefulSet's Pod who it is. */

import { podFromTemplate } from '../../../control/index.ts';
import {
  type core,
  type Draft,
  type OwnerReference,
  type PersistentVolumeClaim,
  type Pod,
  STATEFUL_SETS,
  type StatefulSet,
} from '../../../kube/index.ts';

const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX = 'apps.kubernetes.io/pod-index';
export const REVISION = 'controller-revision-hash';

export function firstOrdinal(set: StatefulSet): number {
  return set.spec.ordinals?.start ?? 0;
}

/** The number at the end of a Pod's name; undefined when the name is not one of this set's. */
export function ordinalOf(set: StatefulSet, pod: Pod): number | undefined {
  const { name } = pod.metadata;
  const prefix = `${set.metadata.name}-`;
  const text = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^(0|[1-9]\d*)$/.test(text) ? Number(text) : undefined;
}

export function isInRange(set: StatefulSet, ordinal: number): boolean {
  return ordinal >= firstOrdinal(set) && ordinal < firstOrdinal(set) + (set.spec.replicas ?? 1);
}

export function revisionOf(pod: Pod): string | undefined {
  return pod.metadata.labels?.[REVISION];
}

export interface Version {
  /** Name of the ControllerRevision. */
  readonly revision: string;
  readonly template: core.PodTemplateSpec;
}

export function statefulPod(set: StatefulSet, ordinal: number, version: Version): Draft<Pod> {
  const name = `${set.metadata.name}-${ordinal}`;
  const pod = podFromTemplate(version.template, {
    owner: set,
    ownerType: STATEFUL_SETS,
    name,
    generateName: `${set.metadata.name}-`,
  });
  pod.metadata.labels = { ...pod.metadata.labels, ...identityLabels(set, ordinal), [REVISION]: version.revision };
  pod.spec = {
    ...pod.spec,
    hostname: name,
    subdomain: set.spec.serviceName,
    volumes: volumesOf(set, pod.spec.volumes, ordinal),
  };
  return pod;
}

function identityLabels(set: StatefulSet, ordinal: number): Record<string, string> {
  return { [POD_NAME]: `${set.metadata.name}-${ordinal}`, [POD_INDEX]: String(ordinal) };
}

/** What is wrong with a Pod's identity, as the labels it should have; undefined when nothing is. */
export function missingLabels(set: StatefulSet, pod: Pod): Record<string, string> | undefined {
  const wanted = identityLabels(set, ordinalOf(set, pod)!);
  const wrong = Object.entries(wanted).some(([key, value]) => pod.metadata.labels?.[key] !== value);
  return wrong ? wanted : undefined;
}

export function claimName(set: StatefulSet, template: core.PersistentVolumeClaim, ordinal: number): string {
  return `${template.metadata?.name}-${set.metadata.name}-${ordinal}`;
}

/** The claims of one Pod, labelled so that they can be found by the set's selector. */
export function claimsOf(set: StatefulSet, ordinal: number): Draft<PersistentVolumeClaim>[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(set, template, ordinal),
      namespace: set.metadata.namespace,
      labels: { ...template.metadata?.labels, ...set.spec.selector.matchLabels },
      ...(template.metadata?.annotations && { annotations: { ...template.metadata.annotations } }),
    },
    spec: structuredClone(template.spec ?? {}) as PersistentVolumeClaim['spec'],
  }));
}

function volumesOf(set: StatefulSet, volumes: core.Volume[] | undefined, ordinal: number): core.Volume[] | undefined {
  const claimed = (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    name: template.metadata?.name ?? '',
    persistentVolumeClaim: { claimName: claimName(set, template, ordinal) },
  }));
  const others = (volumes ?? []).filter((volume) => !claimed.some(({ name }) => name === volume.name));
  return claimed.length + others.length > 0 ? [...claimed, ...others] : undefined;
}

/** Who a claim belongs to by the retention policy; undefined when its references are right already. */
export function claimOwners(
  set: StatefulSet,
  claim: PersistentVolumeClaim,
  pod: Pod | undefined,
): OwnerReference[] | undefined {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const before = claim.metadata.ownerReferences ?? [];
  const condemned = pod !== undefined && !isInRange(set, ordinalOf(set, pod)!);
  const byPod = condemned && whenScaled === 'Delete';
  const bySet = whenDeleted === 'Delete' && !byPod;
  const after = before
    .filter((r) => r.kind !== 'Pod' || r.name !== pod?.metadata.name)
    .filter((r) => r.uid !== set.metadata.uid);
  if (bySet)
    after.push({ ...plain('apps/v1', 'StatefulSet', set.metadata), controller: true, blockOwnerDeletion: true });
  if (byPod) after.push(plain('v1', 'Pod', pod.metadata));
  return sameOwners(before, after) ? undefined : after;
}

function plain(apiVersion: string, kind: string, { name, uid }: { name: string; uid: string }): OwnerReference {
  return { apiVersion, kind, name, uid };
}

function sameOwners(a: readonly OwnerReference[], b: readonly OwnerReference[]): boolean {
  return a.length === b.length && a.every((reference) => b.some((other) => other.uid === reference.uid));
}
