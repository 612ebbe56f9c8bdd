/** Objects for tests: as short as a test can say them, as whole as a server would answer them. */
import type { apps, KubeObject, ObjectMeta, Pod, ReplicaSet } from '../kube/index.ts';

export const START = Date.UTC(2026, 0, 1);
let uids = 0;

export function meta(name: string, rest: Partial<ObjectMeta> = {}): ObjectMeta {
  return {
    name,
    namespace: 'default',
    uid: `uid-${name}-${++uids}`,
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
    ...rest,
  };
}

export interface PodFixture {
  readonly name?: string;
  readonly owner?: KubeObject;
  readonly node?: string;
  readonly phase?: string;
  readonly ready?: boolean;
  /** Milliseconds after {@link START}. */
  readonly readyAt?: number;
  readonly ip?: string;
  readonly leaving?: boolean;
  readonly restarts?: number;
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: Partial<Pod['spec']>;
}

export function pod(fixture: PodFixture = {}): Pod {
  const { name = `pod-${++uids}`, owner, node, phase = 'Running', ready = false, readyAt = 0, ip } = fixture;
  const lastTransitionTime = new Date(START + readyAt).toISOString();
  return {
    metadata: meta(name, {
      labels: { app: 'web' },
      ...(owner && { ownerReferences: [referenceTo(owner)] }),
      ...(fixture.leaving && { deletionTimestamp: '2026-01-01T00:00:30Z' }),
      ...fixture.metadata,
    }),
    spec: { containers: [{ name: 'main', image: 'web:1' }], ...(node && { nodeName: node }), ...fixture.spec },
    status: {
      phase,
      ...(ip && { podIP: ip, podIPs: [{ ip }] }),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime }],
      containerStatuses: [{ name: 'main', image: 'web:1', imageID: '', ready, restartCount: fixture.restarts ?? 0 }],
    },
  };
}

export function referenceTo(owner: KubeObject) {
  const { name, uid } = owner.metadata;
  return {
    apiVersion: owner.apiVersion ?? 'v1',
    kind: owner.kind ?? 'Owner',
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function replicaSet(
  name: string,
  replicas: number,
  status: Partial<apps.ReplicaSetStatus> = {},
  rest: Partial<ObjectMeta> & { image?: string; minReadySeconds?: number } = {},
): ReplicaSet {
  const { image = 'web:1', minReadySeconds, ...metadata } = rest;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: meta(name, metadata),
    spec: {
      replicas,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image }] },
      },
    },
    status: { replicas, readyReplicas: 0, availableReplicas: 0, observedGeneration: 1, ...status },
  };
}
