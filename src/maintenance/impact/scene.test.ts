import { expect, test } from 'vitest';
import { makeHosts } from '../../fleet/index.ts';
import {
  DEPLOYMENTS,
  type KubeObject,
  NODES,
  type Node,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type Pod,
  type ResourceType,
  StatusError,
} from '../../kube/index.ts';
import { impactOf } from './impact.ts';
import { readScene, sceneFrom } from './scene.ts';

const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
const nodes = makeHosts(60).map((draft, i) => ({
  ...draft,
  metadata: { ...draft.metadata, uid: `n${i}`, resourceVersion: '1' },
  status: { ...draft.status, ...ready },
})) as unknown as Node[];
const host = nodes[0]!.metadata.name;

function podOf(app: string, i: number, nodeName: string, kind = 'ReplicaSet'): Pod {
  const [name, labels] = kind === 'ReplicaSet' ? [`${app}-abc`, { 'pod-template-hash': 'abc' }] : [app, {}];
  return {
    metadata: {
      name: `${app}-${i}`,
      namespace: 'shop',
      uid: `${app}${i}`,
      labels,
      ownerReferences: [{ kind, name, controller: true }],
    },
    spec: { nodeName, containers: [{ name: 'main', resources: { requests: { cpu: '1', memory: '1Gi' } } }] },
    status: { phase: 'Running' },
  } as unknown as Pod;
}

/** An API that knows these Pods, answers by host and namespace, and notes what it was asked. */
function apiOf(pods: readonly Pod[]) {
  const asked: string[] = [];
  return {
    asked,
    async get<T extends KubeObject>(type: ResourceType<T>, name: string) {
      if (type.plural === NODES.plural) return nodes.find(({ metadata }) => metadata.name === name) as unknown as T;
      asked.push(`${type.plural}/${name}`);
      if (type.plural !== DEPLOYMENTS.plural) throw notFound(name);
      const own = pods.filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === `${name}-abc`);
      return { metadata: { name }, status: { replicas: own.length } } as unknown as T;
    },
    async *listAll<T extends KubeObject>(
      type: ResourceType<T>,
      o: { fieldSelector?: string; namespace?: string } = {},
    ) {
      if (type.plural === NODES.plural) yield* nodes as unknown as T[];
      if (type.plural === POD_DISRUPTION_BUDGETS.plural || type.plural !== PODS.plural) return;
      asked.push(`pods ${o.fieldSelector ?? o.namespace ?? 'of all'}`);
      const on = o.fieldSelector?.replace('spec.nodeName=', '');
      yield* pods.filter(({ spec }) => on === undefined || spec.nodeName === on) as unknown as T[];
    },
  };
}

function notFound(name: string): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'NotFound',
    code: 404,
    message: name,
  } as never);
}

const spread = (app: string, count: number) =>
  Array.from({ length: count }, (_, i) => podOf(app, i, nodes[i % nodes.length]!.metadata.name));

test('of all the Pods of a cluster only those of the host and of a few neighbours are read', async () => {
  const api = apiOf([...spread('web', 300), ...spread('cache', 120)]);
  const impact = impactOf(await readScene(api, host));
  expect(impact.applications).toMatchObject([
    { application: 'Deployment/cache', pods: 2, replicas: 120 },
    { application: 'Deployment/web', pods: 5, replicas: 300 },
  ]);
  expect(impact.homeless).toEqual([]);
  expect(api.asked.filter((what) => what.startsWith('pods'))).toHaveLength(1 + 8);
  expect(api.asked).not.toContain('pods of all');
});

test('it judges as one would who had read everything', async () => {
  const full = nodes.flatMap((node, i) =>
    Array.from({ length: i === 7 ? 100 : 110 }, (_, n) => podOf('big', i * 1000 + n, node.metadata.name)),
  );
  const read = impactOf(await readScene(apiOf(full), host));
  const known = impactOf(
    sceneFrom(host, { nodes, pods: full, onHost: full.filter(({ spec }) => spec.nodeName === host), budgets: [] })!,
  );
  expect(read).toEqual(known);
  expect(read.homeless.length).toBeGreaterThan(0);
});

test('an application of a kind that is not known here is counted by the Pods of its namespace', async () => {
  const pods = Array.from({ length: 9 }, (_, i) => podOf('db', i, nodes[i]!.metadata.name, 'Cassandra'));
  const impact = impactOf(await readScene(apiOf(pods), host));
  expect(impact.applications).toMatchObject([{ application: 'Cassandra/db', pods: 1, replicas: 9 }]);
});
