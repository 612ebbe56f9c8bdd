/** The revisions of a Group, as people tell them apart. */
import { CONTROLLER_REVISIONS, type ControllerRevision, type KubeClient } from '../kube/index.ts';
import type { Group, PodTemplate } from '../resources/index.ts';
import { GROUP, REVISION } from './marks.ts';

/** Oldest first. */
export async function revisionsOf(client: KubeClient, { metadata }: Group): Promise<ControllerRevision[]> {
  const { namespace, name, uid } = metadata;
  const { items } = await client.list(CONTROLLER_REVISIONS, {
    namespace: namespace ?? '',
    labelSelector: `${GROUP}=${name}`,
  });
  return items
    .filter((one) => one.metadata.ownerReferences?.some((owner) => owner.uid === uid))
    .sort((a, b) => a.revision - b.revision);
}

export function imagesOf({ data }: ControllerRevision): string {
  const { spec } = data as unknown as { spec: { template: PodTemplate } };
  return spec.template.spec.containers.map(({ image }) => image ?? '').join(', ');
}

export function hashOf({ metadata }: ControllerRevision): string {
  return metadata.labels?.[REVISION] ?? metadata.name;
}

/** The part of a revision's name that tells it apart. */
export function shortRevision(name: string | undefined): string {
  return name === undefined ? '-' : name.slice(name.lastIndexOf('-') + 1);
}
