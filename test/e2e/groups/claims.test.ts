/** Addresses that a Group's Pods keep: claims made before the Pods, kept as long as the Group says. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addressAnnotations, startNetwork } from '../../../src/network/index.ts';
import { GROUPS, IP_CLAIMS, IP_POOLS } from '../../../src/resources/index.ts';
import { type Loose, Subject, startWorld, type World } from './world.ts';

const at = { namespace: 'default' };
let world: World;
beforeAll(async () => {
  world = await startWorld({ addresses: addressAnnotations, beside: startNetwork });
  await pool('p1', '10.20.1');
  await pool('p2', '10.20.2');
});
afterAll(async () => {
  expect(world?.faults ?? []).toEqual([]);
  await world?.stop();
});

const pool = (name: string, net: string) =>
  world.client.create(IP_POOLS, {
    metadata: { name },
    spec: { subnet: `${net}.0/24`, ranges: [`${net}.10-${net}.200`], gateway: `${net}.1` },
  } as never);
const claims = async (name: string) =>
  (await world.client.list(IP_CLAIMS, at)).items.filter(({ metadata }) => metadata.name.startsWith(`${name}-`));
const addresses = async (name: string) =>
  Object.fromEntries((await claims(name)).map(({ metadata, status }) => [metadata.name, status?.ips?.[0]]));
const keeping = (network: Loose = {}): Loose => ({
  identity: { ip: 'Retain' },
  network: { poolRef: { name: 'p1' }, ...network },
});

async function running(name: string, spec: Loose): Promise<Subject> {
  const subject = new Subject(world, name);
  await subject.create(spec);
  await subject.settled();
  return subject;
}

it('a Pod is made when its claim has an address, and names it', async () => {
  const web = await running('claimed', { replicas: 2, ...keeping() });
  const known = await addresses('claimed');
  expect(Object.keys(known)).toEqual(['claimed-0', 'claimed-1']);
  expect(Object.values(known).every((ip) => ip?.startsWith('10.20.1.'))).toBe(true);
  expect(web.pods().map((pod) => pod.metadata.annotations?.['network.jdos.jd.com/ip-claim'])).toEqual(web.names());
  const group = await web.get();
  expect(web.condition(group, 'StableIP')).toMatchObject({ status: 'True' });
});

it('N13 scaled down and up again has the same addresses; with retention WhenScaled they are given back', async () => {
  const web = await running('kept', { replicas: 3, ...keeping() });
  const before = await addresses('kept');
  await web.patch({ replicas: 1 });
  await web.settled();
  expect(await addresses('kept')).toEqual(before);
  await web.patch({ replicas: 3 });
  await web.settled();
  expect(await addresses('kept')).toEqual(before);

  const brief = await running('brief', { replicas: 3, ...keeping({ retention: 'WhenScaled' }) });
  await brief.patch({ replicas: 1 });
  await world.until(
    async () => (await claims('brief')).map(({ metadata }) => metadata.name),
    (names) => names.length === 1,
    'the release',
  );
});

it('N14 the claims go with the Group', async () => {
  const web = await running('gone', { replicas: 2, ...keeping() });
  await world.client.delete(GROUPS, web.name, at);
  await world.until(
    () => claims('gone'),
    (all) => all.length === 0,
    'the end of the claims',
  );
});

it('N17 another pool gives the next Pod another address', async () => {
  const web = await running('moved', { replicas: 1, ...keeping() });
  await web.patch({ network: { poolRef: { name: 'p2' } } });
  await web.patch({
    template: { spec: { hostNetwork: false, containers: [{ name: 'main', image: 'web:1', command: ['anew'] }] } },
  });
  await world.until(
    async () => (await addresses('moved'))['moved-0'],
    (ip) => ip?.startsWith('10.20.2.') ?? false,
    'the move',
  );
  await web.settled();
});

it('what no network can keep is told: a pool that is not there, a driver that keeps nothing', async () => {
  const lost = new Subject(world, 'lost');
  await lost.create({ replicas: 1, ...keeping({ poolRef: { name: 'nowhere' } }) });
  const told = (subject: Subject, status: string) =>
    world.until(
      () => subject.get(),
      (one) => subject.condition(one, 'StableIP')?.status === status,
      'StableIP',
    );
  await told(lost, 'False');
  expect(lost.pods()).toEqual([]);
  const none = new Subject(world, 'none');
  await none.create({ replicas: 1, identity: { ip: 'Retain' }, network: { driver: 'None' } });
  expect(none.condition(await told(none, 'False'), 'StableIP')).toMatchObject({ reason: 'DriverUnsupported' });
  await none.settled();
});
