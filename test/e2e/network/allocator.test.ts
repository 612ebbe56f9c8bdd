/** Pools, claims and allocations on a plane. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isConditionTrue } from '../../../src/kube/index.ts';
import { IP_ALLOCATIONS, IP_CLAIMS, IP_POOLS } from '../../../src/resources/index.ts';
import { eventually } from '../harness.ts';
import { NetworkPlane } from './network-plane.ts';

let net: NetworkPlane;
beforeAll(async () => {
  net = await NetworkPlane.start(['n1', 'n2']);
  await net.control();
});
afterAll(() => net?.stop());

const at = { namespace: 'shop' };
const ips = async (name: string) => (await net.allocated(name)).status?.ips;
const reason = (name: string, wanted: string) =>
  net.when(name, ({ status }) => status?.conditions?.[0]?.reason === wanted, wanted);

describe('a claim', () => {
  it('gets an address, whose allocation says so, and the pool counts it', async () => {
    await net.pool('p1', { subnet: '10.1.0.0/29', gateway: '10.1.0.1' });
    await net.claim('a-0', 'p1');
    expect(await ips('a-0')).toEqual(['10.1.0.2']);
    const { metadata, status } = await net.get('a-0');
    expect(status).toMatchObject({ phase: 'Allocated', pool: 'p1' });
    const allocation = await net.client.get(IP_ALLOCATIONS, '10.1.0.2');
    expect(allocation.spec).toMatchObject({ pool: 'p1', claim: { namespace: 'shop', name: 'a-0', uid: metadata.uid } });
    await eventually(
      () => net.client.get(IP_POOLS, 'p1'),
      ({ status: s }) => s?.allocated === 1 && s.total === 5 && s.held === 1,
      { what: 'count' },
    );
  });

  it('gets one of each family from a dual-stack pool', async () => {
    await net.pool('p2', { subnet: 'fd00:2::/64', gateway: 'fd00:2::1', dualStack: { subnet: '10.2.0.0/24' } });
    await net.claim('b-0', 'p2');
    expect(await ips('b-0')).toEqual(['10.2.0.1', 'fd00:2::2']);
    await net.client.get(IP_ALLOCATIONS, 'fd00-0002-0000-0000-0000-0000-0000-0002');
  });

  it('gets the address it asks for, or is told why not', async () => {
    await net.pool('p3', { subnet: '10.3.0.0/24', ranges: ['10.3.0.100-10.3.0.110'], gateway: '10.3.0.1' });
    await net.claim('c-0', 'p3', { ips: ['10.3.0.9'] });
    expect(await ips('c-0')).toEqual(['10.3.0.9']);
    await net.claim('c-1', 'p3', { ips: ['10.3.0.9'] });
    await reason('c-1', 'AddressTaken');
    await net.claim('c-2', 'p3', { ips: ['10.3.0.1'] });
    await reason('c-2', 'AddressNotInPool');
    await net.client.delete(IP_CLAIMS, 'c-0', at);
    expect(await ips('c-1')).toEqual(['10.3.0.9']);
  });

  it('waits for a pool that is full, and gets what becomes free', async () => {
    await net.pool('p4', { subnet: '10.4.0.0/24', ranges: ['10.4.0.7'] });
    await net.claim('d-0', 'p4');
    await net.allocated('d-0');
    await net.claim('d-1', 'p4');
    await reason('d-1', 'PoolExhausted');
    expect(isConditionTrue(await net.client.get(IP_POOLS, 'p4'), 'Ready')).toBe(false);
    await net.client.delete(IP_CLAIMS, 'd-0', at);
    expect(await ips('d-1')).toEqual(['10.4.0.7']);
  });

  it('waits for a pool that is not there, is disabled, is wrong, or is for others, and says which', async () => {
    await net.claim('e-0', 'p5');
    await reason('e-0', 'PoolNotFound');
    await net.pool('p5', { subnet: '10.5.0.0/24', disable: true });
    await reason('e-0', 'PoolDisabled');
    const edit = (spec: object) => net.client.patch(IP_POOLS, 'p5', { kind: 'merge', body: { spec } });
    await edit({ disable: false, ranges: ['10.9.9.9'] });
    await reason('e-0', 'PoolInvalid');
    await edit({ ranges: null, namespaceSelector: { matchLabels: { team: 'x' } } });
    await reason('e-0', 'NotForNamespace');
    await edit({ namespaceSelector: null, groupSelector: { matchLabels: { tier: 'x' } } });
    await reason('e-0', 'NotForClaim');
    await edit({ groupSelector: null });
    await net.allocated('e-0');
  });

  it('N13 of the same name gets the same address while it rests, and nobody else does', async () => {
    await net.pool('p6', { subnet: '10.6.0.0/24', ranges: ['10.6.0.7-10.6.0.8'] });
    await net.claim('f-0', 'p6', { holdSeconds: 600 });
    const before = await ips('f-0');
    await net.client.delete(IP_CLAIMS, 'f-0', at);
    await net.claim('f-1', 'p6');
    await net.claim('f-2', 'p6');
    await Promise.race([reason('f-1', 'PoolExhausted'), reason('f-2', 'PoolExhausted')]);
    await net.claim('f-0', 'p6');
    expect(await ips('f-0')).toEqual(before);
  });

  it('N12 in another namespace is another, though of the same name', async () => {
    await net.pool('p7', { subnet: '10.7.0.0/24' });
    await net.claim('g-0', 'p7');
    const mine = await ips('g-0');
    const spec = { poolRef: { name: 'p7' } } as Parameters<NetworkPlane['claim']>[2];
    await net.client.create(IP_CLAIMS, { metadata: { name: 'g-0', namespace: 'default' }, spec: spec as never });
    const other = await eventually(
      () => net.client.get(IP_CLAIMS, 'g-0', { namespace: 'default' }),
      ({ status }) => status?.ips !== undefined,
      { what: 'other' },
    );
    expect(other.status?.ips).not.toEqual(mine);
    await net.client.delete(IP_CLAIMS, 'g-0', { namespace: 'default' });
    await eventually(
      async () => (await net.client.list(IP_ALLOCATIONS)).items.map(({ spec: s }) => s.address),
      (all) => !all.includes(other.status!.ips![0]!),
      { what: 'freed' },
    );
    expect((await net.client.get(IP_ALLOCATIONS, mine![0]!)).spec.claim.namespace).toBe('shop');
  });

  it('N17 moves to another pool when no Pod has its address, and gives the old one back', async () => {
    await net.pool('p8', { subnet: '10.8.0.0/24' });
    await net.pool('p9', { subnet: '10.9.0.0/24' });
    await net.claim('h-0', 'p8');
    const [old] = (await ips('h-0'))!;
    await net.client.patch(IP_CLAIMS, 'h-0', { kind: 'merge', body: { spec: { poolRef: { name: 'p9' } } } }, at);
    const moved = await net.when('h-0', ({ status }) => status?.pool === 'p9' && !status.releasing, 'moved');
    expect(moved.status?.ips?.[0]).toMatch(/^10\.9\.0\./);
    expect((await net.client.list(IP_ALLOCATIONS)).items.map(({ spec }) => spec.address)).not.toContain(old);
  });

  it('is no trouble to anybody', () => expect(net.plane.faults).toEqual([]));
});
