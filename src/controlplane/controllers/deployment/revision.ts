/** Revisions of a Deployment: which ReplicaSet is which, and the annotations they carry. */

import { canonicalJson } from '../../../control/index.ts';
import type { Deployment, ReplicaSet } from '../../../kube/index.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
export const TEMPLATE_HASH = 'pod-template-hash';

/** Annotations of the Deployment that say nothing of its ReplicaSets. */
const OWN_ONLY = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
]);
type Template = Deployment['spec']['template'];
const MAX_HISTORY_CHARS = 2000;

const fingerprints = new WeakMap<object, string>();

/** The oldest ReplicaSet with the Deployment's template, the hash label aside. */
export function findNewReplicaSet(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const wanted = fingerprint(deployment.spec.template);
  return byAge(sets).find((set) => fingerprint(set.spec.template) === wanted);
}

/** Do these describe the same Pods? The hash label aside. */
export function isSameTemplate(a: Template | undefined, b: Template | undefined): boolean {
  return fingerprint(a) === fingerprint(b);
}

export function revisionOf(object: { metadata: { annotations?: Record<string, string> } }): number {
  const revision = Number(object.metadata.annotations?.[REVISION] ?? 0);
  return Number.isSafeInteger(revision) && revision > 0 ? revision : 0;
}

/** Oldest first; names decide between twins. */
export function byAge(sets: readonly ReplicaSet[]): ReplicaSet[] {
  const age = (set: ReplicaSet) => set.metadata.creationTimestamp;
  return sets.toSorted((a, b) => compare(age(a), age(b)) || compare(a.metadata.name, b.metadata.name));
}

/** The annotations of the ReplicaSet of the current template: the Deployment's, and the next revision. */
export function annotationsOfNew(
  deployment: Deployment,
  current: Readonly<Record<string, string>> | undefined,
  others: readonly ReplicaSet[],
): Record<string, string> {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !OWN_ONLY.has(key));
  const annotations: Record<string, string> = { ...current, ...Object.fromEntries(copied) };
  const next = Math.max(0, ...others.map(revisionOf)) + 1;
  const before = revisionOf({ metadata: { annotations } });
  if (before >= next) return annotations;
  if (before > 0) annotations[REVISION_HISTORY] = withHistory(annotations[REVISION_HISTORY], before);
  annotations[REVISION] = String(next);
  return annotations;
}

export function sizeAnnotations(deployment: Deployment, surge: number): Record<string, string> {
  const replicas = deployment.spec.replicas ?? 1;
  return { [DESIRED_REPLICAS]: String(replicas), [MAX_REPLICAS]: String(replicas + surge) };
}

function withHistory(history: string | undefined, revision: number): string {
  const revisions = [...(history ? history.split(',') : []), String(revision)];
  while (revisions.length > 1 && revisions.join(',').length > MAX_HISTORY_CHARS) revisions.shift();
  return revisions.join(',');
}

function fingerprint(template: Template | undefined): string {
  if (!template) return '';
  const known = fingerprints.get(template);
  if (known !== undefined) return known;
  const { [TEMPLATE_HASH]: _, ...labels } = template.metadata?.labels ?? {};
  const text = canonicalJson({ ...template, metadata: { ...template.metadata, labels } });
  fingerprints.set(template, text);
  return text;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
