/** The plugin with the real reference plugins (bridge, macvlan, ptp) between real network namespaces. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NODES, PODS } from '../../../src/kube/index.ts';
import { IP_ALLOCATIONS, IP_CLAIMS } from '../../../src/resources/index.ts';
import { eventually } from '../harness.ts';
import { CniHost, ip, pings, type Sandbox, Switch } from './cni-host.ts';
import { NetworkPlane } from './network-plane.ts';
import { installTools } from './tools.ts';

const at = { namespace: 'shop' };
let net: NetworkPlane;
let cable: Switch;
let n1: CniHost;
let n2: CniHost;

beforeAll(async () => {
  await installTools();
  net = await NetworkPlane.start(['n1', 'n2']);
  await net.control();
  cable = await new Switch().start();
  n1 = await new CniHost('n1').start(await net.plane.connect());
  n2 = await new CniHost('n2').start(await net.plane.connect());
  for (const host of [n1, n2]) await cable.plug(host.netns, 'up0');
  const lan = { subnet: '10.77.0.0/24', gateway: '10.77.0.1' };
  await net.pool('lan', { ...lan, ranges: ['10.77.0.10-10.77.0.200'] });
  await net.pool('both', {
    ...lan,
    ranges: ['10.77.0.201-10.77.0.250'],
    dualStack: { subnet: 'fd77::/64', gateway: 'fd77::1' },
  });
});
afterAll(async () => {
  for (const host of [n1, n2]) await host?.stop();
  await cable?.stop();
  await net?.stop();
});

const bridge = { cniVersion: '1.0.0', name: 'pods', type: 'bridge', bridge: 'cni0', ipam: { type: 'jdos-ipam' } };
const macvlan = { cniVersion: '1.0.0', name: 'lan', type: 'macvlan', master: 'up0', ipam: { type: 'jdos-ipam' } };
const ptp = { cniVersion: '0.4.0', name: 'ptp', type: 'ptp', ipam: { type: 'jdos-ipam' } };
const ipam = (o: object = {}) => ({ cniVersion: '1.1.0', name: 'lan', ipam: { type: 'jdos-ipam', ...o } });

/** A Pod with a claim on a host, and its sandbox there. */
async function podOn(host: CniHost, name: string, pool = 'lan'): Promise<Sandbox> {
  const found = await net.client.get(IP_CLAIMS, name, at).catch(() => undefined);
  if (!found) await net.claim(name, pool);
  await net.allocated(name);
  const pod = await net.pod(name, host.node);
  return host.sandbox(name, pod.metadata.uid);
}

/** After an ADD that failed a runtime makes another sandbox. */
const anotherOf = (host: CniHost, { pod, uid }: Sandbox) => host.sandbox(pod, uid);

const address = (result: { ips?: { address: string }[] }) => result.ips?.[0]?.address.replace(/\/.*/, '');
const phase = (name: string, wanted: string) => net.when(name, ({ status }) => status?.phase === wanted, wanted);
const removePod = async (name: string) => {
  await net.client.delete(PODS, name, { ...at, gracePeriodSeconds: 0 });
  await eventually(
    () => net.client.get(PODS, name, at).catch(() => undefined),
    (pod) => pod === undefined,
    { what: 'Pod gone' },
  );
};

describe('between two Pods', () => {
  it('of one host, packets pass over a bridge, by IPv4 and IPv6', async () => {
    const [a, b] = [await podOn(n1, 'a-0', 'both'), await podOn(n1, 'a-1', 'both')];
    const added = await n1.cni('ADD', bridge, a);
    expect(added.error).toBeUndefined();
    const other = await n1.cni('ADD', bridge, b);
    expect(await pings(a.netns, address(other)!)).toBe(true);
    const six = other.ips!.find((one) => one.address.includes(':'))!.address.replace(/\/.*/, '');
    await eventually(
      () => pings(a.netns, six),
      (passed) => passed,
      { ms: 10_000, what: 'IPv6' },
    );
    expect(await ip('-n', a.netns, 'route')).toContain('default via 10.77.0.1');
    expect((await net.get('a-0')).status).toMatchObject({
      phase: 'Bound',
      holder: { node: 'n1', containerID: a.containerID, podUID: a.uid, epoch: 1 },
    });
    for (const sandbox of [a, b]) expect((await n1.cni('DEL', bridge, sandbox)).code).toBe(0);
    await phase('a-0', 'Held');
  });

  it('of one host, each is reached over a pair of interfaces (ptp, an older protocol)', async () => {
    const a = await podOn(n1, 'p-0');
    const added = await n1.cni('ADD', ptp, a);
    expect(added.error).toBeUndefined();
    expect(await pings(n1.netns, address(added)!)).toBe(true);
    expect((await n1.cni('DEL', ptp, a)).code).toBe(0);
  });

  it('of two hosts, packets pass over macvlan, and N4 the address goes with the Pod from host to host', async () => {
    const [a, b] = [await podOn(n1, 'm-0'), await podOn(n2, 'm-1')];
    const [first, other] = [await n1.cni('ADD', macvlan, a), await n2.cni('ADD', macvlan, b)];
    expect(first.error ?? other.error).toBeUndefined();
    expect(await pings(b.netns, address(first)!)).toBe(true);
    expect((await n1.cni('DEL', macvlan, a)).code).toBe(0);
    await removePod('m-0');
    const moved = await podOn(n2, 'm-0');
    await phase('m-0', 'Held');
    const second = await n2.cni('ADD', macvlan, moved);
    expect(address(second)).toBe(address(first));
    expect(await pings(b.netns, address(second)!)).toBe(true);
    expect((await net.get('m-0')).status).toMatchObject({
      phase: 'Bound',
      lastNode: 'n2',
      holder: { node: 'n2', epoch: 2 },
    });
  });
});

describe('a sandbox made anew', () => {
  it('N3 N7 has the same address, and the late DEL of the old one does not free it', async () => {
    const old = await podOn(n1, 's-0');
    const first = await n1.cni('ADD', macvlan, old);
    await ip('netns', 'delete', old.netns);
    const anew = await n1.sandbox('s-0', old.uid);
    const second = await n1.cni('ADD', macvlan, anew);
    expect(address(second)).toBe(address(first));
    expect((await n1.cni('DEL', ipam(), old)).code).toBe(0);
    expect((await n1.cni('DEL', ipam(), old)).code).toBe(0);
    const previous = { ...ipam(), prevResult: { cniVersion: '1.1.0', ips: second.ips } };
    expect((await n1.cni('CHECK', previous, anew)).error).toBeUndefined();
    expect((await net.get('s-0')).status).toMatchObject({
      phase: 'Bound',
      holder: { containerID: anew.containerID, epoch: 2 },
    });
  });

  it('N8 DEL succeeds for whatever was never there', async () => {
    const nobody = await n1.sandbox('nobody-0', 'no-uid');
    for (let i = 0; i < 2; i++) expect((await n1.cni('DEL', ipam(), nobody)).code).toBe(0);
  });

  it('N16 CHECK tells when its address is not its own any more', async () => {
    const sandbox = await podOn(n1, 'k-0');
    const { ips } = await n1.cni('ADD', macvlan, sandbox);
    const config = { ...ipam(), prevResult: { cniVersion: '1.1.0', ips } };
    expect((await n1.cni('CHECK', config, sandbox)).code).toBe(0);
    await n1.cni('DEL', ipam(), sandbox);
    await phase('k-0', 'Held');
    expect((await n1.cni('CHECK', config, sandbox)).error).toMatchObject({ code: 103 });
  });
});

describe('a host that is lost', () => {
  it('N5 N6 keeps its addresses while it may be alive; fenced, it loses them to the next Pod', async () => {
    const old = await podOn(n1, 'l-0');
    const first = await n1.cni('ADD', macvlan, old);
    await removePod('l-0');
    const anew = await podOn(n2, 'l-0');
    expect((await n2.cni('ADD', macvlan, anew)).error).toMatchObject({ code: 11 });
    expect(await pings(n2.netns, address(first)!).catch(() => false)).toBe(false);
    const node = await net.client.get(NODES, 'n1');
    const taints = [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' as const }];
    const unready = { type: 'Ready', status: 'Unknown', lastTransitionTime: '2026-01-01T00:00:00Z' };
    const tainted = await net.client.replace(NODES, { ...node, spec: { ...node.spec, taints } });
    const other = await anotherOf(n2, anew);
    expect((await n2.cni('ADD', macvlan, other)).error).toMatchObject({ code: 11 });
    await ip('netns', 'delete', old.netns);
    await net.client.replace(
      NODES,
      { ...tainted, status: { ...node.status, conditions: [unready] } },
      { subresource: 'status' },
    );
    const second = await n2.cni('ADD', macvlan, await anotherOf(n2, anew));
    expect(address(second)).toBe(address(first));
    expect((await net.get('l-0')).status).toMatchObject({ phase: 'Bound', holder: { node: 'n2' } });
    await net.client.replace(NODES, { ...(await net.client.get(NODES, 'n1')), spec: { ...node.spec, taints: [] } });
    const ready = { ...unready, status: 'True' };
    await net.client.replace(
      NODES,
      { ...(await net.client.get(NODES, 'n1')), status: { conditions: [ready] } },
      { subresource: 'status' },
    );
  });
});

describe('a stranger on the network', () => {
  const stranger = async (address: string) => {
    await ip('-n', cable.netns, 'addr', 'replace', `${address}/24`, 'dev', 'br0');
  };

  it('N18 who answers for an address that nobody had yet costs it: the claim gets the next', async () => {
    const sandbox = await podOn(n1, 'x-0');
    const [before] = (await net.get('x-0')).status!.ips!;
    await stranger(before!);
    expect((await n1.cni('ADD', macvlan, sandbox)).error).toMatchObject({ code: 11 });
    await net.when(
      'x-0',
      ({ status }) => status?.phase === 'Allocated' && status.ips?.[0] !== before,
      'another address',
    );
    const second = await n1.cni('ADD', macvlan, await anotherOf(n1, sandbox));
    expect(second.error).toBeUndefined();
    expect(address(second)).not.toBe(before);
    await net.when('x-0', ({ status }) => !status?.releasing && !status?.conflicts, 'settled');
    const allocation = await net.client.get(IP_ALLOCATIONS, before!);
    expect(allocation.spec.rest?.reason).toBe('Conflict');
    await ip('-n', cable.netns, 'addr', 'flush', 'dev', 'br0');
  });

  it('N18 who answers for an address that a Pod had keeps it from coming up, and the address stays its own', async () => {
    const first = await podOn(n1, 'y-0');
    const had = address(await n1.cni('ADD', macvlan, first))!;
    await n1.cni('DEL', macvlan, first);
    await phase('y-0', 'Held');
    await stranger(had);
    const second = await n1.sandbox('y-0', first.uid);
    expect((await n1.cni('ADD', macvlan, second)).error).toMatchObject({ code: 102 });
    expect((await net.get('y-0')).status).toMatchObject({ phase: 'Conflict', conflicts: [had] });
    await ip('-n', cable.netns, 'addr', 'flush', 'dev', 'br0');
    expect(address(await n1.cni('ADD', macvlan, await anotherOf(n1, second)))).toBe(had);
  });
});

describe('the agent', () => {
  it('N11 GC lets go of what is not among the living, and of nothing else', async () => {
    const [gone, stays] = [await podOn(n1, 'g-0'), await podOn(n1, 'g-1')];
    for (const sandbox of [gone, stays]) await n1.cni('ADD', macvlan, sandbox);
    const alive = n1.sandboxes
      .filter((one) => one !== gone)
      .map(({ containerID }) => ({ containerID, ifname: 'eth0' }));
    expect((await n1.cni('GC', { ...ipam(), 'cni.dev/valid-attachments': alive })).error).toBeUndefined();
    await phase('g-0', 'Held');
    expect((await net.get('g-1')).status?.phase).toBe('Bound');
  });

  it('gives a Pod without a claim one from the pool that the network names, and it goes with the Pod', async () => {
    const pod = await net.pod('free-0', 'n1');
    const sandbox = await n1.sandbox('free-0', pod.metadata.uid);
    expect((await n1.cni('ADD', macvlan, sandbox)).error).toMatchObject({ code: 101 });
    const config = { ...macvlan, ipam: { type: 'jdos-ipam', pool: 'lan' } };
    const added = await n1.cni('ADD', config, await anotherOf(n1, sandbox));
    expect(added.error).toBeUndefined();
    const claim = await net.get('free-0');
    expect(claim.metadata.ownerReferences).toMatchObject([{ kind: 'Pod', uid: pod.metadata.uid }]);
    expect(claim.status).toMatchObject({ phase: 'Bound', ips: [address(added)] });
  });

  it('N16 that is down: STATUS is 50, ADD comes again, DEL succeeds and is made good when it is back', async () => {
    const sandbox = await podOn(n1, 'd-0');
    await n1.cni('ADD', macvlan, sandbox);
    expect((await n1.cni('STATUS', ipam({ pool: 'lan' }))).error).toBeUndefined();
    await n1.stopAgent();
    expect((await n1.cni('STATUS', ipam())).error).toMatchObject({ code: 50 });
    expect((await n1.cni('ADD', ipam(), sandbox)).error).toMatchObject({ code: 11 });
    expect((await n1.cni('DEL', ipam(), sandbox)).code).toBe(0);
    expect((await net.get('d-0')).status?.phase).toBe('Bound');
    await n1.startAgent(await net.plane.connect());
    await phase('d-0', 'Held');
  });

  it('tells what it speaks, and what it does not understand', async () => {
    expect(await n1.cni('VERSION', {})).toMatchObject({
      code: 0,
      supportedVersions: expect.arrayContaining(['1.1.0']),
    });
    expect((await n1.cni('ADD', { ...ipam(), cniVersion: '9.0.0' })).error).toMatchObject({ code: 1 });
    expect((await n1.cni('SING', ipam())).error).toMatchObject({ code: 4 });
    expect((await n1.cni('ADD', ipam())).error).toMatchObject({ code: 4 });
    expect((await n1.cni('STATUS', ipam({ pool: 'nowhere' }))).error).toMatchObject({ code: 50 });
  });
});
