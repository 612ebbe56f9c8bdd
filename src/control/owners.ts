/** From a changed dependent to the keys of those who care: its manager, or whoever could adopt it. */
import {
  controllerOf,
  type Informer,
  type KubeObject,
  keyOf,
  type OwnerReference,
  type ResourceType,
  type Selector,
} from '../kube/index.ts';
import { BY_NAMESPACE } from './caches.ts';
import { sameJson } from './canonical.ts';

export interface Watching<T extends KubeObject, D extends KubeObject> {
  readonly type: ResourceType<T>;
  readonly owners: Informer<T>;
  readonly dependents: Informer<D>;
  /** Absent where nothing is ever adopted. */
  readonly selector?: (owner: T) => Selector;
  /** Told the owner's key and the dependent as it is (after a deletion: as it was). */
  readonly concern: (key: string, owner: T, dependent: D) => void;
}

export function watchDependents<T extends KubeObject, D extends KubeObject>(watching: Watching<T, D>): void {
  watching.dependents.onChange({
    add: (object) => tell(watching, object),
    update: (object, old) => {
      const before = controllerOf(old);
      if (before && before.uid !== controllerOf(object)?.uid) tellManager(watching, before, object);
      if (controllerOf(object)) tellManager(watching, controllerOf(object)!, object);
      else if (before || !sameJson(object.metadata.labels, old.metadata.labels)) tellAdopters(watching, object);
    },
    delete: (object) => tellManager(watching, controllerOf(object), object),
  });
}

/** The manager of this object, if it is of that type and still the same one (by uid). */
export function managerOf<T extends KubeObject>(
  type: ResourceType<T>,
  owners: Informer<T>,
  object: KubeObject,
  reference: OwnerReference | undefined = controllerOf(object),
): T | undefined {
  if (!reference || reference.kind !== type.kind || groupOf(reference.apiVersion) !== type.group) return undefined;
  const { namespace } = object.metadata;
  const owner = owners.get(keyOf({ metadata: { namespace, name: reference.name } }));
  return owner?.metadata.uid === reference.uid ? owner : undefined;
}

export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

function tell<T extends KubeObject, D extends KubeObject>(watching: Watching<T, D>, object: D): void {
  const reference = controllerOf(object);
  if (reference) tellManager(watching, reference, object);
  else tellAdopters(watching, object);
}

function tellManager<T extends KubeObject, D extends KubeObject>(
  watching: Watching<T, D>,
  reference: OwnerReference | undefined,
  object: D,
): void {
  const owner = reference && managerOf(watching.type, watching.owners, object, reference);
  if (owner) watching.concern(keyOf(owner), owner, object);
}

function tellAdopters<T extends KubeObject, D extends KubeObject>(watching: Watching<T, D>, object: D): void {
  const { namespace, labels, deletionTimestamp } = object.metadata;
  if (!watching.selector || deletionTimestamp || !labels) return;
  for (const owner of watching.owners.byIndex(BY_NAMESPACE, namespace ?? '')) {
    if (watching.selector(owner).matches(labels)) watching.concern(keyOf(owner), owner, object);
  }
}
