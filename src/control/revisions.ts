/** ControllerRevisions: what a workload remembers of what its Pods were made of. */
import type { ControllerRevision, core, Draft, KubeObject, ResourceType } from '../kube/index.ts';
import { canonicalJson } from './canonical.ts';
import { controllerReference } from './pod-template.ts';
import { templateHash } from './template-hash.ts';

export interface Templated extends KubeObject {
  spec: { template: core.PodTemplateSpec };
}

/** What `kubectl rollout undo` sends back to the workload as a patch. */
export interface RevisionData {
  spec: { template: core.PodTemplateSpec & { $patch: 'replace' } };
}

export function dataOf(workload: Templated): RevisionData {
  return { spec: { template: { ...workload.spec.template, $patch: 'replace' } } };
}

/** The template that a revision remembers. */
export function templateOf(revision: ControllerRevision): core.PodTemplateSpec {
  const { $patch: _, ...template } = (revision.data as unknown as RevisionData).spec.template;
  return template;
}

export interface RevisionDraft {
  readonly owner: KubeObject;
  readonly ownerType: ResourceType;
  /** What is remembered. */
  readonly data: object;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly revision: number;
  readonly collisionCount?: number | undefined;
  /** The label under which the hash stands. */
  readonly hashLabel: string;
}

export function draftRevision(draft: RevisionDraft): Draft<ControllerRevision> {
  const { owner, ownerType, data, labels, revision, collisionCount, hashLabel } = draft;
  const hash = templateHash(data, collisionCount);
  const { namespace, name, annotations } = owner.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      namespace,
      name: `${name.slice(0, 223)}-${hash}`,
      labels: { ...labels, [hashLabel]: hash },
      ...(annotations && { annotations: { ...annotations } }),
      ownerReferences: [controllerReference(owner, ownerType)],
    },
    data: data as NonNullable<ControllerRevision['data']>,
    revision,
  };
}

/** Oldest first. */
export function byRevision(revisions: readonly ControllerRevision[]): ControllerRevision[] {
  return revisions.toSorted(
    (a, b) =>
      a.revision - b.revision ||
      compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
      compare(a.metadata.name, b.metadata.name),
  );
}

/** How to make these data the newest revision. */
export type RevisionStep =
  | { readonly kind: 'current'; readonly revision: ControllerRevision }
  /** An older one comes back: it gets a new number. */
  | { readonly kind: 'renumber'; readonly revision: ControllerRevision; readonly number: number }
  | { readonly kind: 'create'; readonly number: number };

export function revisionStep(data: object, revisions: readonly ControllerRevision[]): RevisionStep {
  const sorted = byRevision(revisions);
  const last = sorted.at(-1);
  const number = (last?.revision ?? 0) + 1;
  const wanted = fingerprint(data);
  const equal = sorted.findLast((revision) => fingerprint(revision.data as object) === wanted);
  if (!equal) return { kind: 'create', number };
  return equal === last ? { kind: 'current', revision: equal } : { kind: 'renumber', revision: equal, number };
}

/** Those beyond the limit that no Pod runs, oldest first. */
export function superfluousRevisions(
  revisions: readonly ControllerRevision[],
  limit: number,
  isLive: (revision: ControllerRevision) => boolean,
): ControllerRevision[] {
  const idle = byRevision(revisions).filter((revision) => !isLive(revision));
  return idle.slice(0, Math.max(0, idle.length - limit));
}

const fingerprints = new WeakMap<object, string>();

function fingerprint(data: object): string {
  const known = fingerprints.get(data);
  if (known !== undefined) return known;
  const text = canonicalJson(data);
  fingerprints.set(data, text);
  return text;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
