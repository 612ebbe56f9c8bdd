/** Subresources of Pods that write a part of the spec: everything else of what a client sends is put back. */
import type { Json } from '../definition.ts';

const KEPT_METADATA = ['labels', 'annotations', 'finalizers', 'ownerReferences'];
const LISTS = ['containers', 'initContainers'] as const;

/** Leaves resources and resize policies; a spec whose containers are others is left for validation to refuse. */
export function keepResources(pod: Json, old: Json): void {
  const counts = LISTS.some((list) => (pod.spec[list] ?? []).length !== (old.spec[list] ?? []).length);
  if (counts) return;
  const parts = LISTS.filter((list) => pod.spec[list]).map((list) => [list, merged(pod.spec[list], old.spec[list])]);
  pod.spec = { ...old.spec, ...Object.fromEntries(parts) };
  keepMetadata(pod, old);
}

export function keepEphemeralContainers(pod: Json, old: Json): void {
  const { ephemeralContainers } = pod.spec;
  pod.spec = { ...old.spec, ephemeralContainers };
  if (ephemeralContainers === undefined) delete pod.spec.ephemeralContainers;
  keepMetadata(pod, old);
}

function merged(containers: Json[], old: Json[]): Json[] {
  if (containers.some(({ name }, i) => name !== old[i].name)) return containers;
  return containers.map(({ resources, resizePolicy }, i) => {
    const { resources: _, resizePolicy: __, ...rest } = old[i];
    return { ...rest, ...(resources && { resources }), ...(resizePolicy && { resizePolicy }) };
  });
}

function keepMetadata({ metadata }: Json, old: Json): void {
  for (const field of KEPT_METADATA)
    if (old.metadata[field] === undefined) delete metadata[field];
    else metadata[field] = old.metadata[field];
}
