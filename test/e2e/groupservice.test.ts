/** GroupServices on the embedded plane: what is chosen, what is written, and what is not believed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ENDPOINT_SLICES,
  EVENTS,
  type KubeClient,
  NODES,
  PODS,
  parseLabelSelector,
  type ResourceType,
  SERVICES,
} from '../../src/kube/index.ts';
import { GROUP_SERVICES } from '../../src/resources/index.ts';
import { type GuardedPlane, namespace, startGuardedPlane } from './guarded-plane.ts';
import { LINGERS } from './instant-kubelet.ts';

const HOSTS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'h7', 'h8', 'h9', 'h10'];
let cluster: GuardedPlane;
let client: KubeClient;
let stop: () => void;

beforeAll(async () => {
  cluster = await startGuardedPlane(HOSTS);
  ({ client } = cluster);
  stop = await cluster.serve();
});
afterAll(async () => {
  stop?.();
  await cluster?.stop();
});

const ports = [{ port: 80, targetPort: 8080 }];
const app = (name: string) => ({ matchLabels: { app: name } });

async function serve(name: string, selector: object = app(name), more: object = {}): Promise<void> {
  const spec = { selector, ports, ...more };
  await client.create(GROUP_SERVICES, { metadata: { name, namespace }, spec } as never);
}

/** Pods NAME-0, NAME-1, … one a host, ready; without hosts for which a name is given. */
async function run(name: string, count: number, labels: Record<string, string> = { app: name }): Promise<string[]> {
  const names = Array.from({ length: count }, (_, i) => `${name}-${i}`);
  await Promise.all(
    names.map((one, i) =>
      client.create(PODS, {
        metadata: { name: one, namespace, labels },
        spec: { nodeName: HOSTS[i % HOSTS.length]!, containers: [{ name: 'main', image: 'web:1' }] },
      }),
    ),
  );
  return names.sort();
}

const becomes = (service: string, names: readonly string[]) =>
  cluster.after(
    200,
    () => cluster.ready(service),
    (seen) => seen.join() === [...names].sort().join(),
    `${service} = ${names}`,
  );
const held = (service: string, count: number) =>
  cluster.after(
    200,
    () => cluster.status(service),
    (seen) => seen.held === count,
    `${service} holds ${count}`,
  );
const condition = async (service: string, type: string) =>
  (await cluster.status(service)).conditions?.find((one) => one.type === type);
/** After enough time and turns for a controller that would do wrong to do it. */
const stays = async (service: string, names: readonly string[]) => {
  for (let i = 0; i < 20; i++) await cluster.clock.advance(500);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await cluster.clock.advance(500);
  expect(await cluster.ready(service)).toEqual([...names].sort());
};

describe('the Service', () => {
  it('is made without a selector, owned, and mended', async () => {
    await serve('shop', app('shop'), { sessionAffinity: 'ClientIP' });
    const made = await cluster.after(
      100,
      () => client.get(SERVICES, 'shop', { namespace }).catch(() => undefined),
      Boolean,
      'a Service',
    );
    expect(made).toMatchObject({
      metadata: { ownerReferences: [{ kind: 'GroupService', name: 'shop', controller: true }] },
      spec: {
        ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
        sessionAffinity: 'ClientIP',
        type: 'ClusterIP',
      },
    });
    expect(made?.spec.selector).toBeUndefined();
    await client.patch(
      SERVICES,
      'shop',
      { kind: 'merge', body: { spec: { selector: { app: 'other' } } } },
      { namespace },
    );
    await cluster.after(
      100,
      () => client.get(SERVICES, 'shop', { namespace }),
      ({ spec }) => !spec.selector,
      'no selector',
    );
    expect((await cluster.status('shop')).clusterIP).toBe(made?.spec.clusterIP);
  });

  it('of somebody else is left alone, and the GroupService says so', async () => {
    await client.create(SERVICES, { metadata: { name: 'theirs', namespace }, spec: { ports: [{ port: 1 }] } });
    await serve('theirs');
    const refused = await cluster.after(
      100,
      () => condition('theirs', 'ServiceReady'),
      (one) => one?.status === 'False',
      'refusal',
    );
    expect(refused).toMatchObject({ reason: 'NameTaken' });
    expect((await client.get(SERVICES, 'theirs', { namespace })).spec.ports).toMatchObject([{ port: 1 }]);
  });

  it('that the API server refuses is told with its words', async () => {
    await serve('bad', app('bad'), { clusterIP: '8.8.8.8' });
    const refused = await cluster.after(
      100,
      () => condition('bad', 'ServiceReady'),
      (one) => one?.status === 'False',
      'refusal',
    );
    expect(refused).toMatchObject({ reason: 'Refused', message: expect.stringContaining('8.8.8.8') });
  });

  it('is refused at admission where it can be known there', async () => {
    const wrong = (spec: object) =>
      client
        .create(GROUP_SERVICES, { metadata: { name: 'wrong', namespace }, spec } as never)
        .catch((error: unknown) => error);
    expect(await wrong({ selector: {}, ports })).toMatchObject({ message: expect.stringContaining('spec.selector') });
    expect(await wrong({ selector: app('x'), ports: [] })).toMatchObject({
      message: expect.stringContaining('spec.ports'),
    });
    const unnamed = await wrong({ selector: app('x'), ports: [{ port: 1 }, { port: 2 }] });
    expect(unnamed).toMatchObject({ message: expect.stringContaining('a name of its own') });
    const policy = { endpointPolicy: { panicThreshold: 'half' } };
    expect(await wrong({ selector: app('x'), ports, ...policy })).toMatchObject({
      message: expect.stringContaining('panicThreshold'),
    });
  });
});

describe('the choice', () => {
  it('E7 membership equals the labels library’s result, and label edits move Pods', async () => {
    const expressions = [
      { key: 'tier', operator: 'In', values: ['web', 'api'] },
      { key: 'env', operator: 'NotIn', values: ['dev'] },
      { key: 'gpu', operator: 'Exists' },
      { key: 'old', operator: 'DoesNotExist' },
    ];
    await serve('sets', { matchExpressions: expressions });
    const sets: Record<string, string>[] = [
      { tier: 'web', gpu: '1' },
      { tier: 'api', gpu: '', env: 'prod' },
      { tier: 'web', gpu: '1', env: 'dev' },
      { tier: 'db', gpu: '1' },
      { tier: 'web' },
      { tier: 'api', gpu: '1', old: 'yes' },
    ];
    for (const [i, labels] of sets.entries()) await run(`sets-${i}`, 1, labels);
    const library = parseLabelSelector('tier in (web,api),env notin (dev),gpu,!old');
    const chosen = sets.flatMap((labels, i) => (library.matches(labels) ? [`sets-${i}-0`] : []));
    expect(chosen).toEqual(['sets-0-0', 'sets-1-0']);
    await becomes('sets', chosen);
    const relabel = (name: string, labels: object) =>
      client.patch(PODS, name, { kind: 'merge', body: { metadata: { labels } } }, { namespace });
    await relabel('sets-0-0', { env: 'dev' });
    await relabel('sets-5-0', { old: null });
    await becomes('sets', ['sets-1-0', 'sets-5-0']);
  });
});

describe('the slices', () => {
  it('E8 of 250 Pods are three, none over 100, and one Pod that changes rewrites one', async () => {
    await serve('many');
    await run('many', 250);
    const before = await cluster.after(
      200,
      () => cluster.slices('many'),
      (all) => all.flatMap((one) => one.endpoints ?? []).filter((one) => one.conditions?.ready).length === 250,
      '250 endpoints',
    );
    expect(before.length).toBe(3);
    expect(before.every((one) => one.endpoints.length <= 100)).toBe(true);
    await cluster.markPod('many-7', { Ready: 'False', ContainersReady: 'False' });
    const versions = (all: typeof before) =>
      new Map(all.map((one) => [one.metadata.name, one.metadata.resourceVersion]));
    const after = await cluster.after(
      200,
      () => cluster.slices('many'),
      (all) => all.flatMap((one) => one.endpoints ?? []).filter((one) => one.conditions?.ready).length === 249,
      '249 endpoints',
    );
    const known = versions(before);
    expect([...versions(after)].filter(([name, version]) => known.get(name) !== version)).toHaveLength(1);
    expect(after.length).toBe(3);
  });

  it('E9 are mended when somebody edits or deletes one, and those of others are left alone', async () => {
    await serve('mend');
    const names = await run('mend', 3);
    await becomes('mend', names);
    const foreign = await client.create(ENDPOINT_SLICES, {
      metadata: {
        name: 'mend-foreign',
        namespace,
        labels: { 'kubernetes.io/service-name': 'mend', 'endpointslice.kubernetes.io/managed-by': 'me' },
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.1.1.1'] }],
      ports: [],
    });
    const [own] = await cluster.slices('mend');
    await client.patch(
      ENDPOINT_SLICES,
      own!.metadata.name,
      { kind: 'merge', body: { endpoints: [], metadata: { labels: { extra: 'x' } } } },
      { namespace },
    );
    await becomes('mend', names);
    const [mended] = await cluster.slices('mend');
    expect(mended!.metadata.labels).not.toHaveProperty('extra');
    await client.delete(ENDPOINT_SLICES, own!.metadata.name, { namespace });
    await becomes('mend', names);
    const [again] = await cluster.slices('mend');
    await client.patch(
      ENDPOINT_SLICES,
      again!.metadata.name,
      { kind: 'merge', body: { metadata: { ownerReferences: null } } },
      { namespace },
    );
    await cluster.after(
      200,
      () => cluster.slices('mend'),
      (all) => all.length === 1 && (all[0]!.metadata.ownerReferences ?? []).length === 1,
      'an owner',
    );
    const now = await client.get(ENDPOINT_SLICES, 'mend-foreign', { namespace });
    expect(now.metadata.resourceVersion).toBe(foreign.metadata.resourceVersion);
  });

  it('E11 a Pod on its way out still serves and is ready no more', async () => {
    await serve('leave');
    const [first, second] = await run('leave', 2, { app: 'leave', [LINGERS]: '' });
    await becomes('leave', [first!, second!]);
    const endpointOf = async (name: string) =>
      (await cluster.slices('leave')).flatMap((one) => one.endpoints ?? []).find((one) => one.targetRef?.name === name);
    for (const name of [first!, second!]) {
      await client.delete(PODS, name, { namespace });
      const left = name === first ? [second!] : [];
      await becomes('leave', left);
      expect((await endpointOf(name))?.conditions).toEqual({ ready: false, serving: true, terminating: true });
    }
    await cluster.markPod(first!, { Ready: 'False', ContainersReady: 'False' });
    await cluster.after(
      200,
      () => endpointOf(first!),
      (one) => one?.conditions?.serving === false,
      'no service',
    );
    for (const name of [first!, second!]) await client.delete(PODS, name, { namespace, gracePeriodSeconds: 0 });
  });
});

describe('the guard', () => {
  it('E3 a Pod whose own probe fails leaves at once, even when few are left', async () => {
    await serve('probe');
    const names = await run('probe', 4);
    await becomes('probe', names);
    for (const name of names.slice(1)) {
      await cluster.markPod(name, { Ready: 'False', ContainersReady: 'False' });
    }
    await becomes('probe', names.slice(0, 1));
    await cluster.markPod(names[0]!, { Ready: 'False', ContainersReady: 'False' });
    await becomes('probe', []);
    expect(await condition('probe', 'EndpointsHeld')).toMatchObject({ status: 'False' });
  });

  it('E2 the Pods of a host that peers cannot reach leave once that is known', async () => {
    await serve('dead');
    const names = await run('dead', 10);
    await becomes('dead', names);
    await cluster.markHost('h3', 'Unknown');
    await cluster.markPod('dead-2', { Ready: 'False' });
    await held('dead', 1);
    await stays('dead', names);
    const confirmedAt = cluster.clock.now();
    await cluster.markHost('h3', 'Unknown', { 'jdos.jd.com/PeerReachable': 'False' });
    await becomes(
      'dead',
      names.filter((name) => name !== 'dead-2'),
    );
    expect(cluster.clock.now() - confirmedAt).toBeLessThan(60_000);
    await cluster.markHost('h3', 'True', { 'jdos.jd.com/PeerReachable': 'True' });
    await cluster.markPod('dead-2', { Ready: 'True' });
    await becomes('dead', names);
  });

  it('a Pod whose host stays silent goes after holdSeconds, also when the controller was started anew meanwhile', async () => {
    await serve('hold', app('hold'), { endpointPolicy: { holdSeconds: 120 } });
    const names = await run('hold', 10);
    await becomes('hold', names);
    const since = cluster.clock.now();
    await cluster.markHost('h4', 'Unknown');
    await cluster.markPod('hold-3', { Ready: 'False' });
    await held('hold', 1);
    stop();
    stop = await cluster.serve();
    await cluster.after(
      5000,
      () => cluster.ready('hold'),
      (seen) => !seen.includes('hold-3'),
      'patience',
    );
    expect(cluster.clock.now() - since).toBeGreaterThanOrEqual(119_000);
    await cluster.markHost('h4', 'True');
    await cluster.markPod('hold-3', { Ready: 'True' });
    await becomes('hold', names);
  });

  it('E4 with 60 % of the hosts silent all stay, EndpointsHeld says so, and recovery clears it', async () => {
    await serve('storm');
    const names = await run('storm', 10);
    await becomes('storm', names);
    for (const host of HOSTS.slice(0, 6)) await cluster.markHost(host, 'Unknown');
    for (const name of names.slice(0, 6)) await cluster.markPod(name, { Ready: 'False' });
    await held('storm', 6);
    for (let i = 0; i < 20; i++) await cluster.clock.advance(60_000);
    await stays('storm', names);
    expect(await condition('storm', 'EndpointsHeld')).toMatchObject({ status: 'True', reason: 'Disruption' });
    for (const host of HOSTS) await cluster.markHost(host, 'True');
    for (const name of names) await cluster.markPod(name, { Ready: 'True' });
    await held('storm', 0);
    await becomes('storm', names);
    expect(await condition('storm', 'EndpointsHeld')).toMatchObject({ status: 'False' });
  });

  it('E5 flags that a restarted node controller left mixed change nothing', async () => {
    await serve('mixed');
    const names = await run('mixed', 10);
    await becomes('mixed', names);
    for (const host of HOSTS) await cluster.markHost(host, 'Unknown');
    for (const name of names.filter((_, i) => i % 2 === 0)) await cluster.markPod(name, { Ready: 'False' });
    await held('mixed', 5);
    await stays('mixed', names);
    for (const host of HOSTS) await cluster.markHost(host, 'True');
    await stays('mixed', names);
    for (const name of names) await cluster.markPod(name, { Ready: 'True' });
    await held('mixed', 0);
  });

  it('E6 a Pod that nobody called ready again after its host came back is served, and NodeStuck is told', async () => {
    await serve('stuck');
    const names = await run('stuck', 10);
    await becomes('stuck', names);
    await cluster.markHost('h5', 'Unknown');
    await cluster.markPod('stuck-4', { Ready: 'False' });
    await held('stuck', 1);
    await cluster.markHost('h5', 'True');
    const events = async () => (await client.list(EVENTS, { namespace, fieldSelector: 'reason=NodeStuck' })).items;
    const [event] = await cluster.after(5000, events, (all) => all.length > 0, 'an event');
    expect(event).toMatchObject({ type: 'Warning', involvedObject: { name: 'stuck-4' } });
    for (let i = 0; i < 20; i++) await cluster.clock.advance(60_000);
    await stays('stuck', names);
    expect(await condition('stuck', 'EndpointsHeld')).toMatchObject({ status: 'True', reason: 'NodeStuck' });
    await cluster.markPod('stuck-4', { Ready: 'True' });
  });

  it('a Pod of a deleted host leaves', async () => {
    await serve('lost');
    const names = await run('lost', 10);
    await becomes('lost', names);
    await cluster.markPod('lost-9', { Ready: 'False' });
    await client.delete(NODES, 'h10');
    await becomes(
      'lost',
      names.filter((name) => name !== 'lost-9'),
    );
  });
});

it('E12 while its copy of the Pods is stale the controller writes nothing', async () => {
  await serve('stale');
  const names = await run('stale', 9);
  await becomes('stale', names);
  stop();
  const deaf = { now: false, writes: 0 };
  const stopDeaf = await cluster.serve(deafClient(await cluster.connect(), deaf));
  await becomes('stale', names);
  deaf.now = true;
  await cluster.markPod('stale-1', { Ready: 'False', ContainersReady: 'False' });
  for (let i = 0; i < 12; i++) await cluster.clock.advance(5000);
  deaf.writes = 0;
  const [edited] = await cluster.slices('stale');
  const emptied = { kind: 'merge' as const, body: { endpoints: [] } };
  await client.patch(ENDPOINT_SLICES, edited!.metadata.name, emptied, { namespace });
  await client.patch(
    GROUP_SERVICES,
    'stale',
    { kind: 'merge', body: { spec: { endpointPolicy: { holdSeconds: 1 } } } },
    { namespace },
  );
  for (let i = 0; i < 20; i++) {
    await cluster.clock.advance(2000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(deaf.writes).toBe(0);
  deaf.now = false;
  await becomes(
    'stale',
    names.filter((name) => name !== 'stale-1'),
  );
  stopDeaf();
  stop = await cluster.serve();
});

it('met no faults', () => expect(cluster.faults).toEqual([]));

/** A client whose watch of Pods goes silent: what it was told is kept from it until it hears again. */
function deafClient(target: KubeClient, deaf: { now: boolean; writes: number }): KubeClient {
  const writes = new Set(['create', 'replace', 'patch', 'delete']);
  async function* watch(type: ResourceType, options: Parameters<KubeClient['watch']>[1]) {
    for await (const event of target.watch(type, options)) {
      const informers = options?.allowWatchBookmarks === true;
      while (deaf.now && informers && type.plural === PODS.plural)
        await new Promise((resolve) => setTimeout(resolve, 10));
      yield event;
    }
  }
  return new Proxy(target, {
    get(client, name) {
      if (name === 'watch') return watch;
      const member = Reflect.get(client, name, client) as unknown;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (writes.has(String(name)) && (args[0] as ResourceType).plural !== EVENTS.plural) deaf.writes++;
        return (member as (...all: unknown[]) => unknown).apply(client, args);
      };
    },
  });
}
