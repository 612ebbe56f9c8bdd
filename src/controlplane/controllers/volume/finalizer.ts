import type { KubeClient, PersistentVolume, PersistentVolumeClaim, ResourceType } from '../../../kube/index.ts';

/** The object with this finalizer, or without it; written only if that changes something. */
export async function setFinalizer<T extends PersistentVolume | PersistentVolumeClaim>(
  client: KubeClient,
  type: ResourceType<T>,
  object: T,
  finalizer: string,
  wanted: boolean,
): Promise<T> {
  const { namespace, name, uid, resourceVersion, finalizers: before = [] } = object.metadata;
  if (before.includes(finalizer) === wanted) return object;
  const others = before.filter((other) => other !== finalizer);
  const finalizers = wanted ? [...others, finalizer] : others;
  const body = { metadata: { uid, resourceVersion, finalizers } };
  return client.patch(type, name, { kind: 'merge', body }, { ...(namespace && { namespace }) });
}
