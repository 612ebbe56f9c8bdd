/** Groups whose Pods keep their addresses: claims, allocator, scheduler and simulated kubelets together. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGroups } from '../../../src/groups/index.ts';
import { isStatus, POD_DISRUPTION_BUDGETS, PODS, type Pod } from '../../../src/kube/index.ts';
import { addressAnnotations } from '../../../src/network/index.ts';
import { startDisruption } from '../../../src/nodes/index.ts';
import {
  DISRUPTION_POLICIES,
  GROUPS,
  type Group,
  IP_ALLOCATIONS,
  IP_CLAIMS,
  IP_POOLS,
} from '../../../src/resources/index.ts';
import { eventually } from '../harness.ts';
import { type FleetPlane, startFleetPlane } from './fleet-plane.ts';

const at = { namespace: 'shop' };
let plane: FleetPlane;

beforeAll(async () => {
  plane = await startFleetPlane({ hosts: 6, controllers: ['garbage-collector', 'disruption'], scheduler: true });
  await startGroups(plane.env, { addresses: addressAnnotations });
  await startDisruption(plane.env);
  const spec = { subnet: '10.30.0.0/24', disable: false };
  await plane.client.create(IP_POOLS, { metadata: { name: 'lan' }, spec });
});
afterAll(() => plane?.stop());

async function group(name: string, replicas: number, more: object = {}): Promise<Map<string, string>> {
  const spec = {
    replicas,
    selector: { matchLabels: { app: name } },
    identity: { ip: 'Retain' },
    network: { poolRef: { name: 'lan' }, retention: 'Group', holdSeconds: 0 },
    template: {
      metadata: { labels: { app: name } },
      spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'web:1' }] },
    },
    ...more,
  };
  await plane.client.create(GROUPS, { metadata: { name, ...at }, spec: spec as unknown as Group['spec'] });
  return addresses(name, replicas);
}

const edit = (name: string, spec: object) => plane.client.patch(GROUPS, name, { kind: 'merge', body: { spec } }, at);
const isReady = ({ status }: Pod) =>
  status?.conditions?.some(({ type, status: s }) => type === 'Ready' && s === 'True') ?? false;
const podsOf = async (app: string) => (await plane.client.list(PODS, { ...at, labelSelector: `app=${app}` })).items;
const claimsOf = async (name: string) =>
  (await plane.client.list(IP_CLAIMS, at)).items.filter(({ metadata }) => metadata.name.startsWith(`${name}-`));

/** Each Pod's address, when all of them are ready. */
async function addresses(name: string, count: number): Promise<Map<string, string>> {
  const settled = (pods: readonly Pod[]) => pods.length === count && pods.every(isReady);
  const pods = await eventually(() => podsOf(name), settled, { ms: 60_000, what: `${name}: ${count} ready` });
  return new Map(pods.map(({ metadata, status }) => [metadata.name, status?.podIP ?? '']).sort() as [string, string][]);
}

describe('a Group that keeps addresses', () => {
  it('N1 N3 has each Pod made anew with its name and its address', async () => {
    const before = await group('web', 5);
    expect(new Set(before.values()).size).toBe(5);
    const old = await plane.client.get(PODS, 'web-2', at);
    await plane.client.delete(PODS, 'web-2', at);
    const another = (pods: readonly Pod[]) =>
      pods.some(({ metadata }) => metadata.name === 'web-2' && metadata.uid !== old.metadata.uid);
    await eventually(() => podsOf('web'), another, { what: 'another web-2' });
    expect(await addresses('web', 5)).toEqual(before);
  });

  it('N13 scaled down and up has the same addresses with retention Group, and gives them back with WhenScaled', async () => {
    const before = await addresses('web', 5);
    await edit('web', { replicas: 3 });
    await addresses('web', 3);
    expect((await claimsOf('web')).length).toBe(5);
    await edit('web', { replicas: 5 });
    expect(await addresses('web', 5)).toEqual(before);
    await group('brief', 3, { network: { poolRef: { name: 'lan' }, retention: 'WhenScaled', holdSeconds: 0 } });
    await edit('brief', { replicas: 1 });
    await eventually(
      () => claimsOf('brief'),
      (claims) => claims.length === 1,
      { ms: 30_000, what: 'claims go' },
    );
    const out = (await plane.client.list(IP_ALLOCATIONS)).items.filter(({ spec }) =>
      spec.claim.name.startsWith('brief-'),
    );
    expect(out.map(({ spec }) => spec.claim.name)).toEqual(['brief-0']);
  });

  it('N17 moved to another pool has new addresses with the next Pods', async () => {
    await group('mover', 1);
    const spec = { subnet: '10.31.0.0/24', disable: false };
    await plane.client.create(IP_POOLS, { metadata: { name: 'wan' }, spec });
    await edit('mover', { network: { poolRef: { name: 'wan' } } });
    await plane.client.delete(PODS, 'mover-0', at);
    const moved = (pods: readonly Pod[]) =>
      pods.length === 1 && isReady(pods[0]!) && pods[0]!.status?.podIP?.startsWith('10.31.') === true;
    await eventually(() => podsOf('mover'), moved, { ms: 30_000, what: 'moved' });
  });

  it('V5 replaces a Pod that its host has evicted by one of the same name and address', async () => {
    const before = await addresses('web', 5);
    const evicted = await plane.client.get(PODS, 'web-1', at);
    const status = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' };
    await plane.client.patch(PODS, 'web-1', { kind: 'merge', body: { status } }, { ...at, subresource: 'status' });
    const another = (pods: readonly Pod[]) =>
      pods.some(({ metadata }) => metadata.name === 'web-1' && metadata.uid !== evicted.metadata.uid);
    await eventually(() => podsOf('web'), another, { ms: 30_000, what: 'another web-1' });
    expect(await addresses('web', 5)).toEqual(before);
  });

  it('N14 deleted gives back every address; orphaned, its Pods run on with theirs', async () => {
    await group('kept', 2);
    await plane.client.delete(GROUPS, 'kept', { ...at, propagationPolicy: 'Orphan' });
    await eventually(
      () => plane.client.get(GROUPS, 'kept', at).catch((error: unknown) => isStatus(error, 'NotFound')),
      (gone) => gone === true,
      { what: 'Group gone' },
    );
    expect((await claimsOf('kept')).map(({ status }) => status?.phase)).toEqual(['Bound', 'Bound']);
    expect((await podsOf('kept')).every(isReady)).toBe(true);
    await plane.client.delete(GROUPS, 'web', { ...at, propagationPolicy: 'Background' });
    const out = async () => (await plane.client.list(IP_ALLOCATIONS)).items.map(({ spec }) => spec.claim.name);
    await eventually(out, (names) => !names.some((name) => name.startsWith('web-')), {
      ms: 60_000,
      what: 'all given back',
    });
  });
});

/** Does the server let go of the Pod? */
async function evicts(name: string): Promise<boolean> {
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, ...at } };
  try {
    await plane.client.createSubresource(PODS, name, 'eviction', body, at);
    return true;
  } catch (error) {
    if (isStatus(error, 'TooManyRequests', 'NotFound', 'Conflict')) return false;
    throw error;
  }
}

/** Counts, change after change, how many of the Pods are away. */
function watchAway(app: string, count: number): { most: () => number; stop: () => void } {
  let most = 0;
  const pods = plane.env.caches.of(PODS);
  const look = () => {
    const mine = [...pods.list()].filter(({ metadata }) => metadata.labels?.app === app);
    most = Math.max(most, count - mine.filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp).length);
  };
  return { most: () => most, stop: pods.onChange({ add: look, update: look, delete: look }) };
}

describe('a drain during a release', () => {
  it('V6 gets no Pod while the release has as many away as may be', async () => {
    const limit = 2;
    await group('busy', 8, { updateStrategy: { rollingUpdate: { maxUnavailable: limit } } });
    const policy = { selector: { matchLabels: { app: 'busy' } }, maxUnavailable: limit };
    await plane.client.create(DISRUPTION_POLICIES, { metadata: { name: 'busy', ...at }, spec: policy as never });
    const annotations = { 'fleet.jdos.jd.com/fail-probes': 'readiness' };
    const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 1 };
    const containers = [{ name: 'main', image: 'web:3', readinessProbe }];
    await edit('busy', { template: { metadata: { annotations }, spec: { containers } } });
    const away = (pods: readonly Pod[]) => pods.filter((pod) => !isReady(pod)).length;
    const stuck = (pods: readonly Pod[]) =>
      pods.length === 8 && away(pods) === limit && pods.some((pod) => pod.spec.containers[0]!.image === 'web:3');
    const pods = await eventually(() => podsOf('busy'), stuck, { ms: 60_000, what: 'the release is stuck' });
    await eventually(
      () => plane.client.get(POD_DISRUPTION_BUDGETS, 'busy', at),
      ({ status }) => status?.disruptionsAllowed === 0,
      { what: 'nothing more allowed' },
    );
    for (const { metadata } of pods.filter(isReady)) {
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: metadata.name, ...at } };
      const asked = plane.client.createSubresource(PODS, metadata.name, 'eviction', body, at);
      await expect(asked).rejects.toMatchObject({ reason: 'TooManyRequests' });
    }
    expect(away(await podsOf('busy'))).toBe(limit);
  });

  it('V6 that begins with the release takes no Pod beyond what both may take together', async () => {
    const [name, count, limit] = ['race', 10, 2];
    await group(name, count, { updateStrategy: { rollingUpdate: { maxUnavailable: limit } } });
    const policy = { selector: { matchLabels: { app: name } }, maxUnavailable: limit };
    await plane.client.create(DISRUPTION_POLICIES, { metadata: { name, ...at }, spec: policy as never });
    await eventually(
      () => plane.client.get(POD_DISRUPTION_BUDGETS, name, at).catch(() => undefined),
      (budget) => budget?.status?.disruptionsAllowed === limit,
      { ms: 60_000, what: 'a budget' },
    );
    const seen = watchAway(name, count);
    let evicted = 0;
    for (const image of ['web:4', 'web:5', 'web:6']) {
      const most = evicted + 4;
      const released = edit(name, { template: { spec: { containers: [{ name: 'main', image }] } } });
      const done = async () => {
        for (const { metadata } of await podsOf(name)) if (evicted < most && (await evicts(metadata.name))) evicted++;
        const pods = await podsOf(name);
        return pods.length === count && pods.every((pod) => isReady(pod) && pod.spec.containers[0]!.image === image);
      };
      await eventually(done, (all) => all && evicted === most, {
        ms: 60_000,
        what: `${image} and the evictions`,
        lookMs: 5,
      });
      await released;
    }
    seen.stop();
    expect(seen.most()).toBe(limit);
    await eventually(
      () => plane.client.get(POD_DISRUPTION_BUDGETS, name, at),
      ({ status }) => Object.keys(status?.disruptedPods ?? {}).length === 0,
      { ms: 60_000, what: 'nothing is promised any more' },
    );
  });

  it('is no trouble to anybody', () => expect(plane.faults).toEqual([]));
});
