/** The real kube-controller-manager calls every Pod unready; a real API server serves what a GroupService keeps. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEnv } from '../../src/control/index.ts';
import {
  ENDPOINT_SLICES,
  type EndpointSlice,
  KubeClient,
  loadKubeconfig,
  NODES,
  PODS,
  type Pod,
  rfc3339,
  SERVICES,
  systemClock,
} from '../../src/kube/index.ts';
import { GROUP_SERVICES, installKinds } from '../../src/resources/index.ts';
import { startServices } from '../../src/services/index.ts';
import { eventually } from '../e2e/harness.ts';
import { type RealControlPlane, startRealControlPlane } from './real-control-plane.ts';

const namespace = 'default';
const HOSTS = ['h1', 'h2', 'h3', 'h4'];
const PODS_A_HOST = 3;
const ALL = HOSTS.length * PODS_A_HOST;
const abort = new AbortController();
let plane: RealControlPlane;
let client: KubeClient;

beforeAll(async () => {
  plane = await startRealControlPlane();
  client = new KubeClient(await loadKubeconfig({ path: plane.kubeconfig }));
  await installKinds(client);
  await eventually(
    () => client.request('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/default`),
    ({ status }) => status === 200,
    { what: 'an account' },
  );
  for (const host of HOSTS) await createHost(host);
  await startServices(createEnv({ client, clock: systemClock, random: Math.random, signal: abort.signal }));
  const ports = [{ port: 80 }];
  await client.create(SERVICES, { metadata: { name: 'plain', namespace }, spec: { selector: { app: 'web' }, ports } });
  const spec = { selector: { matchLabels: { app: 'web' } }, ports };
  await client.create(GROUP_SERVICES, { metadata: { name: 'guarded', namespace }, spec } as never);
});
afterAll(async () => {
  abort.abort();
  await client?.close();
  await plane?.stop();
});

/** A host that reports once, and Pods of it that are well. */
async function createHost(name: string): Promise<void> {
  const time = rfc3339(Date.now());
  const times = { lastHeartbeatTime: time, lastTransitionTime: time };
  await client.create(NODES, { metadata: { name }, spec: {} });
  const status = { conditions: [{ type: 'Ready', status: 'True', ...times }] };
  await client.patch(NODES, name, { kind: 'strategic', body: { status } }, { subresource: 'status' });
  for (let i = 0; i < PODS_A_HOST; i++) {
    const pod = `${name}-${i}`;
    const toleration = { operator: 'Exists', effect: 'NoExecute' };
    const podSpec = { nodeName: name, containers: [{ name: 'main', image: 'web:1' }], tolerations: [toleration] };
    await client.create(PODS, { metadata: { name: pod, namespace, labels: { app: 'web' } }, spec: podSpec });
    const ip = `10.5.${HOSTS.indexOf(name)}.${i + 1}`;
    const conditions = ['Ready', 'ContainersReady'].map((type) => ({ type, status: 'True', lastTransitionTime: time }));
    const body = { status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions } };
    await client.patch(PODS, pod, { kind: 'strategic', body }, { namespace, subresource: 'status' });
  }
}

async function readyOf(service: string): Promise<number> {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  const { items } = await client.list(ENDPOINT_SLICES, { namespace, labelSelector });
  const count = ({ endpoints }: EndpointSlice) =>
    (endpoints ?? []).filter(({ conditions }) => conditions?.ready).length;
  return items.reduce((sum, slice) => sum + count(slice), 0);
}

const both = async () => ({ plain: await readyOf('plain'), guarded: await readyOf('guarded') });
const isUnready = (pod: Pod) =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'False');

it('E1 when all hosts fall silent the plain Service is emptied, and the GroupService loses no endpoint', async () => {
  await eventually(both, ({ plain, guarded }) => plain === ALL && guarded === ALL, { what: 'calm' });
  let fewest = ALL;
  const look = async () => {
    const now = await both();
    fewest = Math.min(fewest, now.guarded);
    return now;
  };
  await eventually(look, ({ plain }) => plain === 0, { ms: 150_000, what: 'the plain Service empty' });
  const { items } = await client.list(PODS, { namespace });
  expect(items.filter(isUnready)).toHaveLength(ALL);
  expect(fewest).toBe(ALL);
  await eventually(
    () => client.get(GROUP_SERVICES, 'guarded', { namespace }),
    ({ status }) =>
      status?.conditions?.some(({ type, status }) => type === 'EndpointsHeld' && status === 'True') === true,
    { what: 'the GroupService saying that it holds endpoints' },
  );
}, 200_000);
