/** Hosts that fall silent on the fleet, each for another reason, and what is judged of them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEnv } from '../../src/control/index.ts';
import { makeFault } from '../../src/fleet/index.ts';
import { CONFIG_MAPS, conditionOf, ENDPOINT_SLICES, NODES, PODS, systemClock } from '../../src/kube/index.ts';
import {
  type HostVerdicts,
  probesThrough,
  RACK,
  STATUS,
  startNodeLifecycle,
  verdictsOn,
  watchHosts,
} from '../../src/nodes/index.ts';
import { openRecords, type Records } from '../../src/records/index.ts';
import { GROUP_SERVICES, installKinds, PEER_REACHABLE } from '../../src/resources/index.ts';
import { startServices } from '../../src/services/index.ts';
import { type FleetPlane, startFleetPlane } from './fleet-plane.ts';
import { readyIn } from './guarded-plane.ts';
import { eventually } from './harness.ts';

/** Longer than a kubelet takes between two renewals. */
const GRACE_MS = 13_000;
const stop = new AbortController();
const errors: unknown[] = [];
let plane: FleetPlane;
let records: Records;
let verdicts: HostVerdicts;

beforeAll(async () => {
  plane = await startFleetPlane(70);
  records = await openRecords(plane.dataDir);
  const client = await plane.connect();
  const { signal } = stop;
  const onError = (error: unknown) => errors.push(error);
  let look = (_: string) => {};
  verdicts = await watchHosts({
    client,
    records,
    signal,
    probes: probesThrough(client),
    graceMs: GRACE_MS,
    periodMs: 500,
    onVerdict: (host) => look(host),
    onError,
  });
  const lives = await startNodeLifecycle({
    client,
    records,
    signal,
    pollMs: 200,
    doubt: (host) => ((verdicts.of(host)?.verdict ?? 'Ready') === 'Ready' ? undefined : 'silent'),
    frozen: () => verdicts.blind(),
    onError,
  });
  look = (host) => lives.look(host);
});
afterAll(async () => {
  stop.abort();
  await records?.close();
  await plane?.stop();
});

const fault = (...args: Parameters<typeof makeFault>) => plane.client.create(CONFIG_MAPS, makeFault(...args));
const status = async (host: string) => (await plane.client.get(NODES, host)).metadata.labels?.[STATUS];

const at = { namespace: 'default' };
const NAMES = Array.from({ length: 10 }, (_, i) => `on-${i}`);

/** Ten Pods behind a GroupService: one on each of these hosts, the others elsewhere. */
async function publish(hosts: readonly string[]): Promise<void> {
  await installKinds(plane.client);
  await startServices(
    createEnv({ client: plane.client, clock: systemClock, random: Math.random, signal: stop.signal }),
  );
  const spec = { selector: { matchLabels: { app: 'on' } }, ports: [{ port: 80 }] };
  await plane.client.create(GROUP_SERVICES, { metadata: { name: 'on', ...at }, spec: spec as never });
  for (const [i, name] of NAMES.entries()) {
    const nodeName = hosts[i] ?? 'gz1-r0102-01';
    const metadata = { name, ...at, labels: { app: 'on' } };
    await plane.client.create(PODS, { metadata, spec: { nodeName, containers: [{ name: 'a', image: 'a:1' }] } });
  }
  await eventually(served, (names) => names.length === NAMES.length, { ms: 60_000, what: 'all are published' });
}

async function served(): Promise<string[]> {
  const labelSelector = 'kubernetes.io/service-name=on';
  const { items } = await plane.client.list(ENDPOINT_SLICES, { ...at, labelSelector });
  return items.flatMap(readyIn).sort();
}

/** What a node controller writes of a host that has been silent for too long, and of a Pod there. */
async function callSilent(host: string, pod: string): Promise<void> {
  const body = (status: string) => ({ status: { conditions: [{ type: 'Ready', status }] } });
  const patch = (status: string) => ({ kind: 'strategic', body: body(status) }) as const;
  await plane.client.patch(NODES, host, patch('Unknown'), { subresource: 'status' });
  await plane.client.patch(PODS, pod, patch('False'), { ...at, subresource: 'status' });
}

it('a dead kubelet is not a dead host, and a dead host is called so by several witnesses', async () => {
  const [kubelet, dead] = ['gz1-r0101-01', 'gz2-r0201-01'];
  await publish([kubelet, dead]);
  await fault('kubelet-silent', { hosts: [kubelet] });
  await fault('host-silent', { hosts: [dead] }, { name: 'dead' });
  const seen = async () => [verdicts.of(kubelet)?.verdict, verdicts.of(dead)?.verdict];
  await eventually(seen, ([a, b]) => a === 'AgentDown' && b === 'NodeDown', { what: 'both verdicts' });
  expect(verdicts.blind()).toBeUndefined();
  const [kept] = await verdictsOn(records, dead);
  const said = kept!.evidence.map(({ witness, says }) => `${witness} ${says}`);
  expect(said).toEqual(['lease dead', 'kubelet dead', 'agent dead', 'peer dead', 'peer dead', 'peer dead']);
  const peers = kept!.evidence.filter(({ witness }) => witness === 'peer').map(({ detail }) => detail.split(':')[0]!);
  for (const peer of peers) expect((await plane.client.get(NODES, peer)).metadata.labels?.[RACK]).not.toBe('r02-01');
  await eventually(
    () => status(dead),
    (label) => label === 'suspect',
    { what: 'the host in doubt' },
  );
});

it('E2 Pods of a host that its peers cannot reach leave their GroupService, and those of a dead kubelet stay', async () => {
  const [kubelet, dead] = ['gz1-r0101-01', 'gz2-r0201-01'];
  await Promise.all([kubelet, dead].map((host, i) => callSilent(host, NAMES[i]!)));
  await eventually(served, (names) => names.length === 9, { ms: 60_000, what: 'but one are published' });
  expect(await served()).toEqual(NAMES.filter((name) => name !== 'on-1'));
  const reachable = async (host: string) => conditionOf(await plane.client.get(NODES, host), PEER_REACHABLE);
  expect(await reachable(dead)).toMatchObject({ status: 'False', reason: 'PeersCannotReachIt' });
  expect(await reachable(kubelet)).toBeUndefined();
  await plane.client.delete(CONFIG_MAPS, 'dead', { namespace: 'jdos-fleet' });
  await eventually(
    () => reachable(dead),
    (condition) => condition?.status === 'True',
    { ms: 60_000, what: 'reachable again' },
  );
});

it('many at once are a blind control plane: nothing happens by itself until they are seen again', async () => {
  const rack = (await plane.client.list(NODES, { labelSelector: `${RACK}=r03-01` })).items.map(
    (node) => node.metadata.name,
  );
  const lives = async (hosts: readonly string[]) => Promise.all(hosts.map(status));
  const before = new Map(await Promise.all(rack.map(async (host) => [host, await status(host)] as const)));
  const { metadata } = await fault('rack-down', { rack: 'r03-01' });
  await eventually(
    async () => verdicts.blind(),
    (why) => why !== undefined,
    { what: 'blindness' },
  );
  expect(verdicts.blind()).toMatch(/fell silent within/);
  // The first to fall silent were in doubt before anybody could know.
  const later = rack.filter((host) => (verdicts.of(host)?.verdict ?? 'Ready') === 'Ready');
  expect(later).not.toEqual([]);
  await eventually(
    async () => later.map((host) => verdicts.of(host)?.verdict),
    (seen) => seen.every((verdict) => verdict === 'ControlPlaneBlind'),
  );
  const [kept] = await verdictsOn(records, later[0]!);
  expect(kept).toMatchObject({ verdict: 'ControlPlaneBlind', blind: expect.stringContaining('fell silent') });
  expect(await lives(later)).toEqual(later.map((host) => before.get(host)));
  await plane.client.delete(CONFIG_MAPS, metadata.name, { namespace: 'jdos-fleet' });
  await eventually(
    async () => rack.map((host) => verdicts.of(host)?.verdict),
    (seen) => seen.every((verdict) => verdict === 'Ready'),
    { what: 'recovery' },
  );
  expect(verdicts.blind()).toBeUndefined();
});

it('met no errors', () => expect(errors).toEqual([]));
