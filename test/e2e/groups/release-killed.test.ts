/** Controllers of Groups and Releases that are killed after each write of a whole release, which arrives and is not answered. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isConditionTrue, type Pod } from '../../../src/kube/index.ts';
import { GROUPS } from '../../../src/resources/index.ts';
import { mortal } from '../mortal-client.ts';
import { ReleaseSubject } from './release-subject.ts';
import { isAtRest, Subject, startWorld, statusOf, type World } from './world.ts';

const REPLICAS = 3;
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());

interface Seen {
  fewest: number;
  most: number;
  updated: number;
  addresses: Set<string>;
  wrong: Set<string>;
}

/** What may never be, watched at every change: too many Pods out of service, two with one name, fewer updated than before. */
function observe(group: Subject): { seen: Seen; off: () => void } {
  const seen: Seen = { fewest: Number.POSITIVE_INFINITY, most: 0, updated: 0, addresses: new Set(), wrong: new Set() };
  const look = (pod: Pod) => {
    if (pod.metadata.labels?.app !== group.name) return;
    const pods = group.pods();
    seen.fewest = Math.min(seen.fewest, pods.filter((one) => isConditionTrue(one, 'Ready')).length);
    seen.most = Math.max(seen.most, pods.length);
    if (pod.status?.podIP) seen.addresses.add(`${pod.metadata.name} ${pod.status.podIP}`);
    const addresses = pods.map(({ status }) => status?.podIP).filter(Boolean);
    if (new Set(addresses).size < addresses.length) seen.wrong.add('two Pods with one address');
    const updated = group.images().filter((image) => image?.startsWith('web:2')).length;
    if (updated < seen.updated) seen.wrong.add('a Pod that was taken back');
    seen.updated = updated;
  };
  return { seen, off: world.pods.onChange({ update: look, delete: look }) };
}

/** One whole release, in which the controllers die with write number `after`. False: they outlived it. */
async function releaseKilledAt(after: number): Promise<boolean> {
  const group = new Subject(world, `kill-${after}`);
  const stopFirst = await world.startGroups();
  await group.create({
    replicas: REPLICAS,
    updateStrategy: { rollingUpdate: { partition: '100%', maxUnavailable: 1 } },
  });
  await group.settled();
  stopFirst();
  const before = group.pods();
  const { seen, off } = observe(group);
  const release = new ReleaseSubject(world, group);
  await release.create([{ replicas: 1 }, { replicas: '100%' }]);
  await group.image('web:2');

  let died = false;
  const death = Promise.withResolvers<void>();
  const onDeath = () => {
    died = true;
    death.resolve();
  };
  const client = mortal(await world.connect(), { after, lastArrives: true, onDeath });
  const stopMortal = await world.startGroups(client);
  void death.promise.then(stopMortal);
  await world.until(async () => died || (await release.get()).status?.phase === 'Succeeded', Boolean, 'an end');
  stopMortal();
  const stopLast = await world.startGroups();
  await release.phase('Succeeded');
  await group.settled();
  off();
  stopLast();

  const pods = group.pods();
  expect(pods.map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));
  expect(
    pods.map((pod) => statusOf(pod)?.restartCount),
    `restarts after a death at write ${after}`,
  ).toEqual(Array(REPLICAS).fill(1));
  expect(release.images()).toBe(`${REPLICAS} web:2`);
  expect(pods.every(isAtRest)).toBe(true);
  expect([seen.fewest, seen.most, seen.addresses.size]).toEqual([REPLICAS - 1, REPLICAS, REPLICAS]);
  expect([...seen.wrong]).toEqual([]);
  await world.client.delete(GROUPS, group.name, { namespace: 'default' });
  return died;
}

it('a release that is killed at any of its writes ends the same, with no Pod restarted twice and none forgotten', async () => {
  let deaths = 0;
  while (await releaseKilledAt(deaths)) deaths++;
  expect(deaths).toBeGreaterThan(15);
  expect(world.faults.filter((fault) => !/dead|abort/i.test(fault))).toEqual([]);
}, 600_000);
