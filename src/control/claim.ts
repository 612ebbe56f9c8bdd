/** Who belongs to whom: what a selector and the managing references say together. */
import {
  controllerOf,
  type Informer,
  ifFound,
  type KubeClient,
  type KubeObject,
  type ResourceType,
  type Selector,
} from '../kube/index.ts';
import { BY_ORPHANAGE, BY_OWNER } from './caches.ts';
import { controllerReference } from './pod-template.ts';

export interface Claim<D extends KubeObject> {
  /** Managed by the owner already. */
  readonly keep: readonly D[];
  /** Managed by nobody and selected. */
  readonly adopt: readonly D[];
  /** Managed by the owner and no longer selected. */
  readonly release: readonly D[];
}

/** `eligible` narrows what may be adopted. An owner on its way out takes and gives up nothing. */
export function claim<D extends KubeObject>(
  owner: KubeObject,
  selector: Selector,
  candidates: Iterable<D>,
  eligible: (object: D) => boolean = () => true,
): Claim<D> {
  const result = { keep: [] as D[], adopt: [] as D[], release: [] as D[] };
  const leaving = owner.metadata.deletionTimestamp !== undefined;
  for (const object of candidates) {
    const manager = controllerOf(object);
    const selected = selector.matches(object.metadata.labels);
    if (manager?.uid === owner.metadata.uid) {
      if (selected) result.keep.push(object);
      else if (!leaving) result.release.push(object);
    } else if (!manager && selected && !leaving && !object.metadata.deletionTimestamp && eligible(object)) {
      result.adopt.push(object);
    }
  }
  return result;
}

export interface Claiming<T extends KubeObject, D extends KubeObject> {
  readonly client: KubeClient;
  readonly owner: T;
  readonly ownerType: ResourceType<T>;
  readonly selector: Selector;
  readonly dependents: Informer<D>;
  readonly type: ResourceType<D>;
  readonly eligible?: (object: D) => boolean;
  /** Finalizer to set with adoption and to take off with release. */
  readonly finalizer?: string;
}

/** Adopts and releases as {@link claim} says; answers what the owner manages then. */
export async function claimDependents<T extends KubeObject, D extends KubeObject>(
  claiming: Claiming<T, D>,
): Promise<D[]> {
  const { owner, selector, dependents } = claiming;
  const own = dependents.byIndex(BY_OWNER, owner.metadata.uid);
  const orphans = dependents.byIndex(BY_ORPHANAGE, owner.metadata.namespace ?? '');
  const { keep, adopt, release } = claim(owner, selector, new Set([...own, ...orphans]), claiming.eligible);
  await Promise.all(release.map((object) => setReferences(claiming, object, false)));
  if (adopt.length === 0 || !(await stillThere(claiming))) return [...keep];
  const adopted = await Promise.all(adopt.map((object) => setReferences(claiming, object, true)));
  return [...keep, ...adopted.filter((object) => object !== undefined)];
}

/** The cache may show an owner that has gone since, or one of another time with the same name. */
async function stillThere<T extends KubeObject, D extends KubeObject>(claiming: Claiming<T, D>): Promise<boolean> {
  const { client, owner, ownerType } = claiming;
  const { namespace, name, uid } = owner.metadata;
  const there = await ifFound(client.get(ownerType, name, { namespace }));
  return there?.metadata.uid === uid && there.metadata.deletionTimestamp === undefined;
}

/** Undefined when the object has gone. The resourceVersion makes the write fail if somebody else was faster. */
async function setReferences<T extends KubeObject, D extends KubeObject>(
  claiming: Claiming<T, D>,
  object: D,
  mine: boolean,
): Promise<D | undefined> {
  const { client, owner, ownerType, type, finalizer } = claiming;
  const { namespace, name, uid, resourceVersion } = object.metadata;
  const others = (object.metadata.ownerReferences ?? []).filter((r) => r.uid !== owner.metadata.uid);
  const ownerReferences = mine ? [...others, controllerReference(owner, ownerType)] : others;
  const finalizers = (object.metadata.finalizers ?? []).filter((f) => f !== finalizer);
  if (mine && finalizer) finalizers.push(finalizer);
  const metadata = { uid, resourceVersion, ownerReferences, ...(finalizer && { finalizers }) };
  return ifFound(client.patch(type, name, { kind: 'merge', body: { metadata } }, { namespace }));
}
