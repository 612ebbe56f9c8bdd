/**
 * The hosts go silent all at once, as when a load balancer in front of the API server is cut: the node controller calls
 * every Pod unready. What a Deployment behind a Service loses, a Group of the same template behind a GroupService keeps.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEnv } from '../../src/control/index.ts';
import { startGroups } from '../../src/groups/index.ts';
import { type core, DEPLOYMENTS, ENDPOINT_SLICES, NODES, PODS, rfc3339, SERVICES } from '../../src/kube/index.ts';
import { GROUP_SERVICES, GROUPS } from '../../src/resources/index.ts';
import { type GuardedPlane, namespace, readyIn, startGuardedPlane } from './guarded-plane.ts';
import { renew } from './instant-kubelet.ts';

const HOSTS = Array.from({ length: 10 }, (_, i) => `h${i}`);
const REPLICAS = 20;
const abort = new AbortController();
let cluster: GuardedPlane;
let stop: () => void;

beforeAll(async () => {
  cluster = await startGuardedPlane(HOSTS);
  const { client, clock, faults } = cluster;
  stop = await cluster.serve();
  const only = ['deployment', 'replicaset', 'endpointslice', 'node-lifecycle', 'taint-eviction'] as const;
  await cluster.controllers({ only, clock });
  const onError = (...what: unknown[]) => void faults.push(what.map(String).join(' '));
  await startGroups(
    createEnv({ client: await cluster.connect(), clock, random: Math.random, signal: abort.signal, onError }),
  );
  const ports = [{ port: 80 }];
  await client.create(DEPLOYMENTS, { metadata: { name: 'plain', namespace }, spec: workload('plain') });
  const service = { selector: { app: 'plain' }, ports };
  await client.create(SERVICES, { metadata: { name: 'plain', namespace }, spec: service });
  await client.create(GROUPS, { metadata: { name: 'guarded', namespace }, spec: workload('guarded') } as never);
  const guarded = { selector: workload('guarded').selector, ports };
  await client.create(GROUP_SERVICES, { metadata: { name: 'guarded', namespace }, spec: guarded } as never);
});
afterAll(async () => {
  abort.abort();
  stop?.();
  await cluster?.stop();
});

function workload(app: string) {
  const labels = { app };
  const template: core.PodTemplateSpec = {
    metadata: { labels },
    spec: { containers: [{ name: 'main', image: 'web:1' }] },
  };
  return { replicas: REPLICAS, selector: { matchLabels: labels }, template };
}

/** How many are published as ready by the plain Service, and who by the guarded one. */
async function published(): Promise<{ plain: number; guarded: string[] }> {
  const labelSelector = 'kubernetes.io/service-name=plain';
  const { items } = await cluster.client.list(ENDPOINT_SLICES, { namespace, labelSelector });
  return { plain: items.flatMap(readyIn).length, guarded: await cluster.ready('guarded') };
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
    one.plain === REPLICAS && one.guarded.length === REPLICAS;
  const before = await whileAlive(HOSTS, published, both, 'calm');
  const uids = async () =>
    (await client.list(PODS, { namespace, labelSelector: 'app=guarded' })).items
      .map(({ metadata }) => metadata.uid)
      .sort();
  const pods = await uids();
  const silent = async () =>
    (await client.list(NODES)).items.filter((node) =>
      node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'Unknown'),
    );
  const seen: { plain: number; guarded: number }[] = [];
  const look = async () => {
    const now = await published();
    seen.push({ plain: now.plain, guarded: now.guarded.length });
    return now;
  };

  const alive = HOSTS.slice(6);
  await whileAlive(alive, silent, (nodes) => nodes.length === 6, '60 % of the hosts silent');
  const { items } = await client.list(PODS, { namespace, labelSelector: 'app=plain' });
  const left = items.filter(({ spec }) => alive.includes(spec?.nodeName ?? '')).length;
  const most = await whileAlive(alive, look, ({ plain }) => plain === left, 'the plain Service losing its silent Pods');
  expect(most.guarded).toEqual(before.guarded);

  await whileAlive([], look, ({ plain }) => plain === 0, 'the plain Service empty');
  for (let i = 0; i < 30; i++) await cluster.clock.advance(60_000);
  const late = await look();
  expect(late).toEqual({ plain: 0, guarded: before.guarded });
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
  const after = await whileAlive(HOSTS, published, ({ plain }) => plain === REPLICAS, 'calm again');
  expect(after.guarded).toHaveLength(REPLICAS);
});

it('met no faults', () => expect(cluster.faults).toEqual([]));
