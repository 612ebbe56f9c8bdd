/** A Group taken to an earlier revision: by a Release of its own, which the Group's controller carries out like any other. */
import type { ControllerRevision, KubeClient } from '../kube/index.ts';
import { type Group, RELEASES, type Release } from '../resources/index.ts';

export function rollbackTo(client: KubeClient, { metadata }: Group, target: ControllerRevision): Promise<Release> {
  const { name, namespace = '' } = metadata;
  const spec = { groupRef: { name }, targetRevision: target.metadata.name, steps: [], autoRollback: false };
  return client.create(RELEASES, {
    metadata: { generateName: `${name.slice(0, 200)}-rollback-`, namespace },
    spec,
  } as never);
}
