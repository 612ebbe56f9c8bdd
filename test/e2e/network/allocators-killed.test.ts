/** Two allocators that do not know of each other, each killed between any two of its writes, on a pool with no room to spare. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Informer, type KubeClient } from '../../../src/kube/index.ts';
import { IP_ALLOCATIONS, IP_CLAIMS, type IPAllocation, type IPClaim } from '../../../src/resources/index.ts';
import { eventually } from '../harness.ts';
import { mortal } from '../mortal-client.ts';
import { NetworkPlane } from './network-plane.ts';

const COUNT = 40;
const at = { namespace: 'shop' };
let net: NetworkPlane;
let watched: ReturnType<typeof watchForDuplicates>;
let lives: { readonly count: () => number; readonly stop: () => Promise<unknown> }[];

beforeAll(async () => {
  net = await NetworkPlane.start();
  watched = watchForDuplicates(net.client);
  await net.pool('tight', { subnet: '10.1.0.0/24', ranges: [`10.1.0.1-10.1.0.${COUNT}`] });
  await net.pool('other', { subnet: '10.2.0.0/24' });
  lives = [1, 2].map((stride) => mortalAllocator(stride));
});
afterAll(async () => {
  await Promise.all((lives ?? []).map(({ stop }) => stop()));
  watched?.stop();
  await net?.stop();
});

/** Dies after ever more writes, every second time with the answer to its last write lost, and starts again from nothing. */
function mortalAllocator(stride: number) {
  const end = new AbortController();
  let count = 0;
  const live = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const life = count++;
      const died = Promise.withResolvers<void>();
      end.signal.addEventListener('abort', () => died.resolve(), { once: true });
      const own = await net.plane.connect();
      const client = mortal(own, { after: (life * stride) % 9, lastArrives: life % 2 === 0, onDeath: died.resolve });
      const stop = await net.control({ client });
      await died.promise;
      stop();
      await own.close();
    }
  };
  const done = live();
  const stop = () => {
    end.abort();
    return done;
  };
  return { count: () => count, stop };
}

/** At every moment that a watcher can see: no address in two claims, and none in a claim whose allocation is another's. */
function watchForDuplicates(client: KubeClient) {
  const stop = new AbortController();
  const claims = new Informer<IPClaim>(client, IP_CLAIMS);
  const owners = new Map<string, string>();
  const faults: string[] = [];
  const see = ({ metadata, status }: IPClaim) => {
    for (const [ip, uid] of owners) if (uid === metadata.uid && !status?.ips?.includes(ip)) owners.delete(ip);
    for (const ip of status?.ips ?? []) {
      const owner = owners.get(ip) ?? metadata.uid;
      if (owner !== metadata.uid) faults.push(`${ip} of ${owner} is in ${metadata.name} (${metadata.uid}), too`);
      owners.set(ip, metadata.uid);
    }
  };
  const forget = ({ metadata }: IPClaim) => {
    for (const [ip, uid] of owners) if (uid === metadata.uid) owners.delete(ip);
  };
  claims.onChange({ add: see, update: see, delete: forget });
  claims.start(stop.signal);
  return { faults, stop: () => stop.abort() };
}

const all = async () => (await net.client.list(IP_CLAIMS, at)).items;
const names = Array.from({ length: COUNT }, (_, i) => `web-${i}`);
const allHave = (claims: readonly IPClaim[]) =>
  claims.every(({ status }) => status?.ips?.length === 1 && !status.releasing);

async function consistent(): Promise<string[]> {
  const claims = new Map((await all()).map((claim) => [claim.metadata.uid, claim]));
  const allocations: IPAllocation[] = (await net.client.list(IP_ALLOCATIONS)).items;
  const used = allocations.filter(({ spec }) => claims.get(spec.claim.uid)?.status?.ips?.includes(spec.address));
  return used.map(({ spec }) => spec.address);
}

const settled = (what: string) =>
  eventually(
    async () => ({
      claims: await all(),
      used: await consistent(),
      out: (await net.client.list(IP_ALLOCATIONS)).items.length,
    }),
    ({ claims, used, out }) => claims.length === COUNT && allHave(claims) && used.length === COUNT && out === COUNT,
    { ms: 120_000, what },
  );

it('N9 N10 as many claims as addresses all get one, each its own, and nothing leaks', async () => {
  await Promise.all(names.map((name) => net.claim(name, 'tight')));
  await settled('all claims');
});

it('N13 claims that end give back, and new ones get what they gave back', async () => {
  const some = names.filter((_, i) => i % 2 === 0);
  await Promise.all(some.map((name) => net.client.delete(IP_CLAIMS, name, at)));
  await eventually(all, (claims) => claims.length === COUNT - some.length, { ms: 60_000, what: 'claims end' });
  await Promise.all(some.map((name) => net.claim(name, 'tight')));
  await settled('claims anew');
});

it('N17 claims move from pool to pool', async () => {
  const move = (pool: string) =>
    Promise.all(
      names
        .slice(0, 10)
        .map((name) =>
          net.client.patch(IP_CLAIMS, name, { kind: 'merge', body: { spec: { poolRef: { name: pool } } } }, at),
        ),
    );
  await move('other');
  await eventually(all, (claims) => claims.filter(({ status }) => status?.pool === 'other').length === 10, {
    ms: 60_000,
    what: 'moved',
  });
  await move('tight');
  await settled('moved back');
});

it('I2 no address was ever in two claims, though the allocators died often', () => {
  expect(watched.faults).toEqual([]);
  for (const { count } of lives) expect(count()).toBeGreaterThan(10);
});
