/** Simulated kubelets that give Pods the addresses of their claims. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFault } from '../../../src/fleet/index.ts';
import { CONFIG_MAPS, EVENTS, NODES, PODS, type Pod } from '../../../src/kube/index.ts';
import { addressAnnotations } from '../../../src/network/index.ts';
import { IP_ALLOCATIONS, IP_CLAIMS, IP_POOLS, type IPClaim } from '../../../src/resources/index.ts';
import { eventually } from '../harness.ts';
import { type FleetPlane, startFleetPlane } from './fleet-plane.ts';

const at = { namespace: 'shop' };
let plane: FleetPlane;
let h1: string;
let h2: string;

beforeAll(async () => {
  plane = await startFleetPlane({ hosts: 20, controllers: ['pod-garbage-collector'] });
  [h1, h2] = plane.hosts as [string, string];
  await pool('lan', '10.20.0.0/24');
});
afterAll(() => plane?.stop());

const pool = (name: string, subnet: string, ranges?: string[]) =>
  plane.client.create(IP_POOLS, { metadata: { name }, spec: { subnet, disable: false, ...(ranges && { ranges }) } });

async function claim(name: string, from = 'lan', spec: Partial<IPClaim['spec']> = {}): Promise<string> {
  const whole = { poolRef: { name: from }, ...spec } as IPClaim['spec'];
  await plane.client.create(IP_CLAIMS, { metadata: { name, ...at }, spec: whole });
  return (await claimWhen(name, ({ status }) => status?.ips !== undefined, 'address')).status!.ips![0]!;
}
const claimWhen = (name: string, holds: (claim: IPClaim) => boolean, what: string) =>
  eventually(() => plane.client.get(IP_CLAIMS, name, at), holds, { ms: 30_000, what: `claim ${name}: ${what}` });
const podWhen = (name: string, holds: (pod: Pod) => boolean, what: string) =>
  eventually(() => plane.client.get(PODS, name, at), holds, { ms: 30_000, what: `Pod ${name}: ${what}` });
const isReady = ({ status }: Pod) =>
  status?.conditions?.some(({ type, status: s }) => type === 'Ready' && s === 'True') ?? false;
const running = async (name: string) => (await podWhen(name, isReady, 'ready')).status?.podIP;
const gone = async (name: string, gracePeriodSeconds?: number) => {
  await plane.client.delete(PODS, name, { ...at, ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }) });
  await eventually(
    async () => (await plane.client.list(PODS, at)).items.map(({ metadata }) => metadata.name),
    (names) => !names.includes(name),
    { what: `${name} gone` },
  );
};

describe('a Pod with a claim', () => {
  it('N3 N4 runs with its address, made anew on the same host and on another', async () => {
    const ip = await claim('web-0');
    await plane.pod('web-0', h1);
    expect(await running('web-0')).toBe(ip);
    await claimWhen('web-0', ({ status }) => status?.phase === 'Bound' && status.holder?.node === h1, 'bound');
    for (const host of [h1, h2]) {
      await gone('web-0');
      await claimWhen('web-0', ({ status }) => status?.phase === 'Held', 'held');
      await plane.pod('web-0', host);
      expect(await running('web-0')).toBe(ip);
    }
    expect((await plane.client.get(IP_CLAIMS, 'web-0', at)).status?.holder).toMatchObject({ node: h2, epoch: 3 });
  });

  it('N9 keeps its address, and its container, over a restart of its kubelet', async () => {
    const ip = await claim('keep-0');
    await plane.pod('keep-0', h1);
    await running('keep-0');
    const before = (await plane.client.get(IP_CLAIMS, 'keep-0', at)).status?.holder;
    await plane.restartFleet();
    expect(await running('keep-0')).toBe(ip);
    expect((await plane.client.get(IP_CLAIMS, 'keep-0', at)).status?.holder).toEqual(before);
    await gone('keep-0');
    await claimWhen('keep-0', ({ status }) => status?.phase === 'Held', 'held');
  });

  it('without an address waits, and says why', async () => {
    await pool('one', '10.21.0.0/24', ['10.21.0.5']);
    await claim('taken-0', 'one');
    await plane.client.create(IP_CLAIMS, {
      metadata: { name: 'poor-0', ...at },
      spec: { poolRef: { name: 'one' } } as IPClaim['spec'],
    });
    await plane.pod('poor-0', h1);
    await claimWhen('poor-0', ({ status }) => status?.conditions?.[0]?.reason === 'PoolExhausted', 'told');
    await plane.client.delete(IP_CLAIMS, 'taken-0', at);
    expect(await running('poor-0')).toBe('10.21.0.5');
  });

  it('N13 gives its address back when its claim ends, but not before the Pod', async () => {
    const ip = await claim('end-0');
    await plane.pod('end-0', h1);
    await running('end-0');
    await plane.client.delete(IP_CLAIMS, 'end-0', at);
    await claimWhen('end-0', ({ metadata }) => metadata.deletionTimestamp !== undefined, 'leaving');
    expect((await plane.client.get(IP_ALLOCATIONS, ip)).spec.claim.name).toBe('end-0');
    await gone('end-0');
    const out = async () => (await plane.client.list(IP_ALLOCATIONS)).items.map(({ spec }) => spec.address);
    await eventually(out, (all) => !all.includes(ip), { what: 'given back' });
  });

  it('N15 whose addresses Calico gives is followed by what its status says', async () => {
    const ip = await claim('cal-0', 'lan', { driver: 'Calico' });
    const annotations = addressAnnotations('Calico', await plane.client.get(IP_CLAIMS, 'cal-0', at))!;
    expect(annotations['cni.projectcalico.org/ipAddrs']).toBe(`["${ip}"]`);
    await plane.pod('cal-0', h1, annotations);
    expect(await running('cal-0')).toBe(ip);
    await claimWhen('cal-0', ({ status }) => status?.phase === 'Bound', 'bound');
    await gone('cal-0');
    await claimWhen('cal-0', ({ status }) => status?.phase === 'Held', 'held');
  });

  it('N10 is one of as many as there are addresses: all run, each with its own', async () => {
    const names = Array.from({ length: 200 }, (_, i) => `many-${i}`);
    await pool('many', '10.22.0.0/24', ['10.22.0.1-10.22.0.200']);
    const make = async (name: string, i: number) => {
      const spec = { poolRef: { name: 'many' } } as IPClaim['spec'];
      await plane.client.create(IP_CLAIMS, { metadata: { name, ...at }, spec });
      await plane.pod(name, plane.hosts[i % plane.hosts.length]!);
    };
    await Promise.all(names.map(make));
    const pods = await eventually(
      async () => (await plane.client.list(PODS, at)).items.filter(({ metadata }) => metadata.name.startsWith('many-')),
      (all) => all.length === names.length && all.every(isReady),
      { ms: 120_000, what: 'all run' },
    );
    expect(new Set(pods.map(({ status }) => status?.podIP)).size).toBe(names.length);
  });
});

describe('a host that falls silent', () => {
  it('N5 N6 keeps the address of a Pod deleted by force, until the host is out of service', async () => {
    const [quiet, other] = plane.hosts.slice(3) as [string, string];
    const ip = await claim('lost-0');
    await plane.pod('lost-0', quiet);
    await running('lost-0');
    await plane.client.create(CONFIG_MAPS, makeFault('host-silent', { hosts: [quiet] }));
    const time = '2026-01-01T00:00:00Z';
    const unknown = { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', lastTransitionTime: time };
    const body = { status: { conditions: [unknown] } };
    await plane.client.patch(NODES, quiet, { kind: 'strategic', body }, { subresource: 'status' });
    await gone('lost-0', 0);
    await plane.pod('lost-0', other);
    const events = async () => (await plane.client.list(EVENTS, at)).items.map(({ message }) => message ?? '');
    const refused = (all: readonly string[]) =>
      all.some((text) => text.includes('has not given it up') || text.includes('may be alive'));
    await eventually(events, refused, { ms: 30_000, what: 'refused' });
    expect((await plane.client.get(IP_CLAIMS, 'lost-0', at)).status).toMatchObject({
      phase: 'Bound',
      holder: { node: quiet },
    });
    const node = await plane.client.get(NODES, quiet);
    const taints = [
      ...(node.spec.taints ?? []),
      { key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' as const },
    ];
    await plane.client.patch(NODES, quiet, { kind: 'merge', body: { spec: { taints } } });
    expect(await running('lost-0')).toBe(ip);
    expect((await plane.client.get(IP_CLAIMS, 'lost-0', at)).status?.holder?.node).toBe(other);
  });

  it('is no trouble to anybody', () => expect(plane.faults).toEqual([]));
});
