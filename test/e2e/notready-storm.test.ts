/**
 * The hosts go silent all at once, as when a load balancer in front of the API server is cut: the node controller calls
 * every Pod unready. What a plain Service loses, a GroupService over the same Pods keeps.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type core, DEPLOYMENTS, ENDPOINT_SLICES, NODES, PODS, rfc3339, SERVICES } from '../../src/kube/index.ts';
import { GROUP_SERVICES } from '../../src/resources/index.ts';
import { type GuardedPlane, namespace, readyIn, startGuardedPlane } from './guarded-plane.ts';
import { renew } from './instant-kubelet.ts';

const HOSTS = Array.from({ length: 10 }, (_, i) => `h${i}`);
const REPLICAS = 20;
const labels = { app: 'web' };
let cluster: GuardedPlane;
let stop: () => void;

beforeAll(async () => {
  cluster = await startGuardedPlane(HOSTS);
  const { client, clock } = cluster;
  stop = await cluster.serve();
  const only = ['deployment', 'replicaset', 'endpointslice', 'node-lifecycle', 'taint-eviction'] as const;
  await cluster.controllers({ only, clock });
  const template: core.PodTemplateSpec = {
    metadata: { labels },
    spec: { containers: [{ name: 'main', image: 'web:1' }] },
  };
  const metadata = { name: 'web', namespace };
  await client.create(DEPLOYMENTS, {
    metadata,
    spec: { replicas: REPLICAS, selector: { matchLabels: labels }, template },
  });
  await client.create(SERVICES, {
    metadata: { name: 'plain', namespace },
    spec: { selector: labels, ports: [{ port: 80 }] },
  });
  const spec = { selector: { matchLabels: labels }, ports: [{ port: 80 }] };
  await client.create(GROUP_SERVICES, { metadata: { name: 'guarded', namespace }, spec } as never);
});
afterAll(async () => {
  stop?.();
  await cluster?.stop();
});

/** Names published as ready by the plain Service and by the guarded one. */
async function published(): Promise<{ plain: string[]; guarded: string[] }> {
  const labelSelector = 'kubernetes.io/service-name=plain';
  const { items } = await cluster.client.list(ENDPOINT_SLICES, { namespace, labelSelector });
  return { plain: items.flatMap(readyIn).sort(), guarded: await cluster.ready('guarded') };
}

/** Lets time pass while these hosts report. */
async function whileAlive<T>(
  alive: readonly string[],
  ask: () => Promise<T>,
  holds: (seen: T) => boolean,
  what: string,
) {
  const round = async () => {
    await renew(cluster.client, alive);
    return ask();
  };
  return cluster.after(5000, round, holds, what);
}

async function revive(hosts: readonly string[]): Promise<void> {
  const time = rfc3339(cluster.clock.now());
  for (const name of hosts) {
    const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: time, lastTransitionTime: time };
    const body = { status: { conditions: [ready] } };
    await cluster.client.patch(NODES, name, { kind: 'strategic', body }, { subresource: 'status' });
  }
}

it('E1 every plain endpoint is lost in the storm, and not one of a GroupService', async () => {
  const { client } = cluster;
  const both = (one: Awaited<ReturnType<typeof published>>) =>
    one.plain.length === REPLICAS && one.guarded.length === REPLICAS;
  const before = await whileAlive(HOSTS, published, both, 'calm');
  expect(before.plain).toEqual(before.guarded);
  const uids = async () => (await client.list(PODS, { namespace })).items.map(({ metadata }) => metadata.uid).sort();
  const pods = await uids();
  const silent = async () =>
    (await client.list(NODES)).items.filter((node) =>
      node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'Unknown'),
    );
  const seen: { plain: number; guarded: number }[] = [];
  const look = async () => {
    const now = await published();
    seen.push({ plain: now.plain.length, guarded: now.guarded.length });
    return now;
  };

  const alive = HOSTS.slice(6);
  await whileAlive(alive, silent, (nodes) => nodes.length === 6, '60 % of the hosts silent');
  const most = await whileAlive(
    alive,
    look,
    ({ plain }) => plain.length < REPLICAS / 2,
    'the plain Service losing most',
  );
  expect(most.guarded).toEqual(before.guarded);

  await whileAlive([], look, ({ plain }) => plain.length === 0, 'the plain Service empty');
  for (let i = 0; i < 30; i++) await cluster.clock.advance(60_000);
  const late = await look();
  expect(late).toEqual({ plain: [], guarded: before.guarded });
  expect(Math.min(...seen.map(({ guarded }) => guarded))).toBe(REPLICAS);
  expect(await uids()).toEqual(pods);
  const { held, conditions } = await cluster.status('guarded');
  expect(held).toBe(REPLICAS);
  expect(conditions).toContainEqual(
    expect.objectContaining({ type: 'EndpointsHeld', status: 'True', reason: 'Disruption' }),
  );
});

it('when the hosts are back, the Pods that nobody calls ready again are served too', async () => {
  await revive(HOSTS);
  const back = () => cluster.status('guarded');
  await whileAlive(
    HOSTS,
    back,
    ({ conditions }) => conditions?.some((one) => one.reason === 'NodeStuck') === true,
    'stuck Pods',
  );
  expect((await published()).guarded.length).toBe(REPLICAS);
  for (const { metadata } of (await cluster.client.list(PODS, { namespace })).items)
    await cluster.markPod(metadata.name, { Ready: 'True' });
  await whileAlive(HOSTS, back, ({ held }) => held === 0, 'nothing held');
  const after = await whileAlive(HOSTS, published, ({ plain }) => plain.length === REPLICAS, 'calm again');
  expect(after.guarded).toEqual(after.plain);
});

it('met no faults', () => expect(cluster.faults).toEqual([]));
