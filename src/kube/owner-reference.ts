/** Who an object belongs to: the links that garbage collection and controllers follow. */
import type { KubeObject, OwnerReference } from './object.ts';

/** The one owner that manages this object, if any. */
export function controllerOf(object: { metadata: { ownerReferences?: OwnerReference[] } }): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/** Does exactly this object (by uid, not by name) manage that one? */
export function isControlledBy(
  object: { metadata: { ownerReferences?: OwnerReference[] } },
  owner: { metadata: { uid: string } },
): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/**
 * A reference to `owner`, which must carry apiVersion and kind. With `controller` it is the managing reference, and it
 * holds back the owner's foreground deletion.
 */
export function ownerReference(owner: KubeObject, options: { controller?: boolean } = {}): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  if (!apiVersion || !kind) throw new TypeError(`owner ${metadata.name} has no apiVersion or kind to refer to`);
  const reference: OwnerReference = { apiVersion, kind, name: metadata.name, uid: metadata.uid };
  return options.controller ? { ...reference, controller: true, blockOwnerDeletion: true } : reference;
}
