/**
 * The storm under a real kube-controller-manager: it calls every Pod of a silent host unready. A Deployment behind a Service
 * and a Group behind a GroupService, of one template: what the one loses the other keeps.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEnv } from '../../src/control/index.ts';
import { startGroups } from '../../src/groups/index.ts';
import {
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  isConditionTrue,
  KubeClient,
  loadKubeconfig,
  NODES,
  PODS,
  type Pod,
  SERVICES,
  systemClock,
} from '../../src/kube/index.ts';
import { GROUP_SERVICES, GROUPS, installKinds } from '../../src/resources/index.ts';
import { startServices } from '../../src/services/index.ts';
import { namespace, readyIn } from '../e2e/guarded-plane.ts';
import { eventually } from '../e2e/harness.ts';
import { renew, startInstantKubelet } from '../e2e/instant-kubelet.ts';
import { type RealControlPlane, startRealControlPlane } from './real-control-plane.ts';

const HOSTS = ['h0', 'h1', 'h2', 'h3', 'h4'];
const REPLICAS = 10;
const RENEW_MS = 2000;
/** Leases that this process renews outlast a pause of it. */
const FLAGS = ['--node-monitor-grace-period=20s', '--node-monitor-period=1s'];
const PATIENCE = { ms: 150_000 };

const abort = new AbortController();
const { signal } = abort;
let plane: RealControlPlane;
let client: KubeClient;
/** Hosts that report. */
let alive: readonly string[] = HOSTS;

beforeAll(async () => {
  plane = await startRealControlPlane({ controllerFlags: FLAGS });
  client = new KubeClient(await loadKubeconfig({ path: plane.kubeconfig }));
  await installKinds(client);
  await eventually(
    () => client.request('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/default`),
    ({ status }) => status === 200,
    { what: 'an account' },
  );
  await startInstantKubelet(client, HOSTS, signal, { heartbeats: false });
  await renew(client, HOSTS);
  const timer = setInterval(() => void renew(client, alive), RENEW_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  const env = createEnv({ client, clock: systemClock, random: Math.random, signal });
  await Promise.all([startGroups(env), startServices(env)]);
  const ports = [{ port: 80 }];
  await client.create(DEPLOYMENTS, { metadata: { name: 'plain', namespace }, spec: workload('plain') });
  await client.create(SERVICES, {
    metadata: { name: 'plain', namespace },
    spec: { selector: { app: 'plain' }, ports },
  });
  await client.create(GROUPS, { metadata: { name: 'guarded', namespace }, spec: workload('guarded') } as never);
  const spec = { selector: { matchLabels: { app: 'guarded' } }, ports };
  await client.create(GROUP_SERVICES, { metadata: { name: 'guarded', namespace }, spec } as never);
});
afterAll(async () => {
  abort.abort();
  await client?.close();
  await plane?.stop();
});

function workload(app: string) {
  const labels = { app };
  const spec = { containers: [{ name: 'main', image: 'web:1' }] };
  return { replicas: REPLICAS, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } };
}

async function readyOf(service: string): Promise<number> {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  return (await client.list(ENDPOINT_SLICES, { namespace, labelSelector })).items.flatMap(readyIn).length;
}

const podsOf = async (app: string) => (await client.list(PODS, { namespace, labelSelector: `app=${app}` })).items;
const uidsOf = async (app: string) => (await podsOf(app)).map(({ metadata }) => metadata.uid).sort();
const isReady = (pod: Pod) => isConditionTrue(pod, 'Ready');

it('E1 with 60 % of the hosts silent, and with all of them, the plain Service loses theirs and the GroupService nothing', async () => {
  const both = async () => ({ plain: await readyOf('plain'), guarded: await readyOf('guarded') });
  await eventually(both, ({ plain, guarded }) => plain === REPLICAS && guarded === REPLICAS, PATIENCE);
  const [pods, plainPods] = [await uidsOf('guarded'), await podsOf('plain')];
  let fewest = REPLICAS;
  const look = async () => {
    const now = await both();
    fewest = Math.min(fewest, now.guarded);
    return now.plain;
  };

  alive = HOSTS.slice(3);
  const left = plainPods.filter(({ spec }) => alive.includes(spec.nodeName ?? '')).length;
  await eventually(look, (plain) => plain === left, { ...PATIENCE, what: `${left} plain endpoints` });
  const nodes = (await client.list(NODES)).items.filter((node) => isConditionTrue(node, 'Ready'));
  expect(nodes.map(({ metadata }) => metadata.name)).toEqual(alive);

  alive = [];
  await eventually(look, (plain) => plain === 0, { ...PATIENCE, what: 'the plain Service empty' });
  const marked = async () => [...(await podsOf('guarded')), ...(await podsOf('plain'))].filter(isReady).length;
  await eventually(marked, (ready) => ready === 0, { ...PATIENCE, what: 'every Pod called unready' });
  await look();
  expect(fewest).toBe(REPLICAS);
  expect(await uidsOf('guarded')).toEqual(pods);
  await eventually(
    () => client.get(GROUP_SERVICES, 'guarded', { namespace }),
    ({ status }) =>
      status?.conditions?.some(({ type, status }) => type === 'EndpointsHeld' && status === 'True') === true,
    { what: 'the GroupService saying that it holds endpoints' },
  );
}, 400_000);
