/** What the garbage collector does with one object, given how its owners stand. */
import type { KubeObject, OwnerReference } from '../../../kube/index.ts';

export const ORPHAN = 'orphan';
export const FOREGROUND = 'foregroundDeletion';

/** `unknown`: cannot be told (kind not served, or an owner in another scope): then nothing is done. */
export type OwnerState = 'there' | 'gone' | 'waiting' | 'unknown';

export type Decision =
  | { readonly kind: 'nothing' }
  /** Take these references off; others still hold the object. */
  | { readonly kind: 'detach'; readonly uids: readonly string[] }
  | { readonly kind: 'delete'; readonly propagationPolicy: 'Foreground' | 'Background' | 'Orphan' }
  /** The object is going and wants its dependents set free first. */
  | { readonly kind: 'orphanDependents' }
  /** The object is going and wants its dependents gone first; `done` when none is in the way. */
  | { readonly kind: 'deleteDependents'; readonly done: boolean };

/** Is this object waiting for its dependents to go before it? */
export function isWaiting(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined && hasFinalizer(object, FOREGROUND);
}

export function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

export function isBlocking(dependent: KubeObject, ownerUid: string): boolean {
  return dependent.metadata.ownerReferences?.some((r) => r.uid === ownerUid && r.blockOwnerDeletion === true) ?? false;
}

export function decide(
  object: KubeObject,
  owners: readonly { reference: OwnerReference; state: OwnerState }[],
  dependents: readonly KubeObject[],
): Decision {
  if (object.metadata.deletionTimestamp) return decideLeaving(object, dependents);
  if (owners.length === 0 || owners.some(({ state }) => state === 'unknown')) return { kind: 'nothing' };
  const lost = owners.filter(({ state }) => state !== 'there').map(({ reference }) => reference.uid);
  if (lost.length === 0) return { kind: 'nothing' };
  if (lost.length < owners.length) return { kind: 'detach', uids: lost };
  return {
    kind: 'delete',
    propagationPolicy: policyOf(object, owners.some((o) => o.state === 'waiting') && dependents.length > 0),
  };
}

function decideLeaving(object: KubeObject, dependents: readonly KubeObject[]): Decision {
  if (hasFinalizer(object, ORPHAN)) return { kind: 'orphanDependents' };
  if (!hasFinalizer(object, FOREGROUND)) return { kind: 'nothing' };
  return { kind: 'deleteDependents', done: !dependents.some((d) => isBlocking(d, object.metadata.uid)) };
}

function policyOf(object: KubeObject, foreground: boolean): 'Foreground' | 'Background' | 'Orphan' {
  if (hasFinalizer(object, ORPHAN)) return 'Orphan';
  return foreground || hasFinalizer(object, FOREGROUND) ? 'Foreground' : 'Background';
}
