/** Hosts that fall silent, come back and vanish; the controllers' clock is ours. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KubeClient, NODES, type Node, PODS, type Pod, rfc3339, VirtualClock } from '../../src/kube/index.ts';
import { type BarePlane, startBarePlane } from './bare-plane.ts';
import { eventually } from './harness.ts';
import { renew } from './instant-kubelet.ts';

const namespace = 'default';
const clock = new VirtualClock(Date.now());
let cluster: BarePlane;
let client: KubeClient;

beforeAll(async () => {
  cluster = await startBarePlane(['n1', 'n2', 'n3'], { heartbeats: false });
  ({ client } = cluster);
  await cluster.controllers({ only: ['node-lifecycle', 'taint-eviction', 'pod-garbage-collector'], clock });
});
afterAll(() => cluster?.stop());

const node = (name: string) => client.get(NODES, name);
const pods = async () => (await client.list(PODS, { namespace })).items;
const readiness = (one: Node) => one.status?.conditions?.find((c) => c.type === 'Ready')?.status;
const isReady = (pod: Pod) => pod.status?.conditions?.find((c) => c.type === 'Ready')?.status === 'True';
const taints = (one: Node) =>
  (one.spec.taints ?? []).map((taint) => `${taint.key.split('/')[1]}:${taint.effect}`).sort();

/** Lets time pass in steps, in each of which these hosts report, until it holds. */
function after<T>(
  stepMs: number,
  alive: readonly string[],
  ask: () => Promise<T>,
  holds: (seen: T) => boolean,
  what: string,
) {
  const round = async () => {
    await renew(client, alive);
    await clock.advance(stepMs);
    return ask();
  };
  return eventually(round, holds, { ms: 60_000, what });
}

async function runOn(name: string, host: string): Promise<void> {
  await client.create(PODS, {
    metadata: { name, namespace },
    spec: { nodeName: host, containers: [{ name: 'main', image: 'web:1' }] },
  });
  await eventually(() => client.get(PODS, name, { namespace }), isReady, { what: `${name} ready` });
}

it('a silent host becomes unreachable, its Pods unready, and after five minutes they leave', async () => {
  await runOn('victim', 'n1');
  await runOn('bystander', 'n2');
  await after(
    5000,
    ['n2', 'n3'],
    () => node('n1'),
    (one) => readiness(one) === 'Unknown',
    'silence',
  );
  const tainted = await after(
    5000,
    ['n2', 'n3'],
    () => node('n1'),
    (one) => taints(one).length === 2,
    'taints',
  );
  expect(taints(tainted)).toEqual(['unreachable:NoExecute', 'unreachable:NoSchedule']);
  expect(isReady(await client.get(PODS, 'victim', { namespace }))).toBe(false);
  const noticed = clock.now();
  await after(20_000, ['n2', 'n3'], pods, (all) => all.length === 1, 'eviction');
  expect(clock.now() - noticed).toBeGreaterThanOrEqual(280_000);
  expect((await pods())[0]!.metadata.name).toBe('bystander');
});

it('a host that reports again loses its taints', async () => {
  const one = await node('n1');
  const time = rfc3339(Date.now());
  const conditions = [
    { type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: time, lastTransitionTime: time },
  ];
  await client.replace(NODES, { ...one, status: { ...one.status, conditions } }, { subresource: 'status' });
  await after(
    5000,
    ['n1', 'n2', 'n3'],
    () => node('n1'),
    (seen) => taints(seen).length === 0,
    'no taints',
  );
});

it('a cordoned host is tainted, and no more once it is uncordoned', async () => {
  const cordon = (unschedulable: boolean) =>
    client.patch(NODES, 'n2', { kind: 'merge', body: { spec: { unschedulable } } });
  const all = ['n1', 'n2', 'n3'];
  await cordon(true);
  await after(
    100,
    all,
    () => node('n2'),
    (one) => taints(one).includes('unschedulable:NoSchedule'),
    'a taint',
  );
  await cordon(false);
  await after(
    100,
    all,
    () => node('n2'),
    (one) => taints(one).length === 0,
    'no taint',
  );
});

it('Pods of a host that is no more are cleared away after a while', async () => {
  await runOn('orphan', 'n3');
  await client.delete(NODES, 'n3');
  await after(5000, ['n1', 'n2'], pods, (all) => all.every(({ metadata }) => metadata.name !== 'orphan'), 'clearing');
});

it('when all hosts fall silent at once, nobody is driven out', async () => {
  const all = async () => [await node('n1'), await node('n2')];
  const dark = await after(5000, [], all, (seen) => seen.every((one) => readiness(one) === 'Unknown'), 'darkness');
  expect(dark).toHaveLength(2);
  await after(
    60_000,
    [],
    all,
    (seen) => seen.every((one) => taints(one).join() === 'unreachable:NoSchedule'),
    'taints',
  );
  for (let i = 0; i < 10; i++) await clock.advance(60_000);
  expect((await pods()).map(({ metadata }) => metadata.name)).toEqual(['bystander']);
});

it('met no faults', () => expect(cluster.faults).toEqual([]));
