/** What every cluster has from its first moment: the standard namespaces. */
import { randomUUID } from 'node:crypto';
import { rfc3339 } from '../kube/index.ts';
import type { Plane } from './plane.ts';
import type { Json } from './registry/definition.ts';

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

export async function createFirstObjects(plane: Plane): Promise<void> {
  const namespaces = plane.of('', 'namespaces');
  const writes = NAMESPACES.map((name) =>
    plane.store.write(namespaces, name, (current) =>
      current ? undefined : { object: namespace(name, plane.clock.now()) },
    ),
  );
  await Promise.all(writes);
}

function namespace(name: string, now: number): Json {
  return {
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: {
      name,
      uid: randomUUID(),
      creationTimestamp: rfc3339(now),
      labels: { 'kubernetes.io/metadata.name': name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}
