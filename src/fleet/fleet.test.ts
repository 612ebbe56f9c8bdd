import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CONFIG_MAPS, EVENTS, failure, LEASES, NODES, PODS, type Pod, VirtualClock } from '../kube/index.ts';
import { makeFault } from './fault.ts';
import { type FleetHandle, startFleet } from './fleet.ts';
import { makeHosts } from './make-hosts.ts';
import { SIMULATED } from './names.ts';
import { MemoryApi } from './testing/memory-api.ts';

const [HOST] = makeHosts(1).map((host) => host.metadata.name!) as [string];

let api: MemoryApi;
let clock: VirtualClock;
let errors: unknown[];
const fleets: FleetHandle[] = [];

beforeEach(() => {
  api = new MemoryApi();
  clock = new VirtualClock();
  errors = [];
});

afterEach(async () => {
  await Promise.all(fleets.splice(0).map((fleet) => fleet.stop()));
});

async function start(): Promise<FleetHandle> {
  const onError = (error: unknown) => errors.push(error);
  const fleet = await startFleet({ client: api.client, signal: new AbortController().signal, clock, onError });
  fleets.push(fleet);
  await clock.advance(0);
  return fleet;
}

const addHosts = (count: number) => makeHosts(count).map((host) => api.put(NODES, host));
const addPod = (name: string, more: object = {}, meta: object = {}) =>
  api.put<Pod>(PODS, {
    metadata: { name, namespace: 'default', ...meta },
    spec: { nodeName: HOST, containers: [{ name: 'web', image: 'nginx:1.27' }], ...more },
  });
const pod = (name: string) => api.find(PODS, name, 'default');
const ready = (name: string) => pod(name)?.status?.conditions?.find((c) => c.type === 'Ready')?.status;
const node = () => api.find(NODES, HOST)!;
const nodeCondition = (type: string) => node().status?.conditions?.find((c) => c.type === type)?.status;
const renewed = () => Date.parse(api.find(LEASES, HOST, 'kube-node-lease')?.spec.renewTime ?? '');
const addFault = (...wish: Parameters<typeof makeFault>) => api.put(CONFIG_MAPS, makeFault(...wish));

describe('hosts', () => {
  test('a Node that says it is simulated becomes Ready and holds a lease', async () => {
    addHosts(1);
    await start();
    expect(nodeCondition('Ready')).toBe('True');
    expect(renewed()).toBe(clock.now());
  });

  test('a Node that does not say so is left alone', async () => {
    api.put(NODES, { metadata: { name: 'real' }, spec: {} });
    await start();
    expect(api.find(NODES, 'real')?.status).toBeUndefined();
  });

  test('a bare Node gets capacity, address, identity and a podCIDR that no other has', async () => {
    const taken = addHosts(3).map((host) => host.spec.podCIDR);
    await start();
    api.put(NODES, { metadata: { name: 'bare', labels: { [SIMULATED]: 'true' } }, spec: {} });
    await clock.advance(1000);
    const { spec, status } = api.find(NODES, 'bare')!;
    expect(taken).not.toContain(spec.podCIDR);
    expect(status?.allocatable?.cpu).toBeDefined();
    expect(status?.addresses?.map((a) => a.type)).toEqual(['InternalIP', 'Hostname']);
    expect(status?.nodeInfo?.kubeletVersion).toMatch(/^v1\./);
  });

  test('leases are renewed every ten seconds, spread over time', async () => {
    addHosts(50);
    await start();
    await clock.advance(10_000);
    api.writes.length = 0;
    const perSecond: number[] = [];
    for (let second = 0; second < 10; second++) {
      const before = api.writes.length;
      await clock.advance(1000);
      perSecond.push(api.writes.length - before);
    }
    expect(perSecond.reduce((a, b) => a + b)).toBe(50);
    expect(Math.max(...perSecond)).toBeLessThan(15);
  });

  test('the status of a quiet host is told every five minutes at most', async () => {
    addHosts(1);
    await start();
    api.writes.length = 0;
    await clock.advance(3_600_000);
    const told = api.writes.filter((write) => write.endsWith('/status')).length;
    expect(told).toBeGreaterThanOrEqual(12);
    expect(told).toBeLessThanOrEqual(14);
  });

  test('what a controller made of its silence is put right', async () => {
    addHosts(1);
    await start();
    api.change(NODES, node(), { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } });
    await clock.advance(1000);
    expect(nodeCondition('Ready')).toBe('True');
  });
});

describe('Pods', () => {
  beforeEach(() => addHosts(1));

  test('run and become Ready with an address of their host', async () => {
    await start();
    addPod('a');
    addPod('b');
    await clock.advance(5000);
    expect([ready('a'), ready('b')]).toEqual(['True', 'True']);
    const addresses = ['a', 'b'].map((name) => pod(name)?.status?.podIP);
    expect(new Set(addresses).size).toBe(2);
    for (const address of addresses) expect(address).toMatch(/^10\.128\.0\./);
  });

  test('that were there before their host come alive with it', async () => {
    api.put<Pod>(PODS, {
      metadata: { name: 'early', namespace: 'default' },
      spec: { nodeName: 'late', containers: [{ name: 'web', image: 'nginx:1.27' }] },
    });
    await start();
    await clock.advance(5000);
    expect(pod('early')?.status).toBeUndefined();
    api.put(NODES, { metadata: { name: 'late', labels: { [SIMULATED]: 'true' } }, spec: {} });
    await clock.advance(5000);
    expect(ready('early')).toBe('True');
  });

  test('are deleted for good after their containers have stopped, and their address is free again', async () => {
    await start();
    addPod('a');
    await clock.advance(5000);
    api.change(PODS, pod('a')!, {
      metadata: { deletionTimestamp: '2026-01-01T00:01:00Z', deletionGracePeriodSeconds: 30 },
    });
    await clock.advance(5000);
    expect(pod('a')).toBeUndefined();
    const last = api.writes.filter((write) => write.includes('/pods/a')).slice(-2);
    expect(last).toEqual([
      'PATCH /api/v1/namespaces/default/pods/a/status',
      'DELETE /api/v1/namespaces/default/pods/a',
    ]);
  });

  test('go on as they were when the fleet is started again', async () => {
    const first = await start();
    addPod('a');
    await clock.advance(5000);
    const before = pod('a');
    await first.stop();
    const second = await start();
    api.writes.length = 0;
    await clock.advance(8000);
    expect(api.writes.filter((write) => write.includes('/pods/'))).toEqual([]);
    expect(pod('a')).toEqual(before);
    addPod('b');
    await clock.advance(5000);
    expect(pod('b')?.status?.podIP).not.toBe(before?.status?.podIP);
    expect(second.stats().pods).toBe(2);
  });

  test('reports are tried again after refusals', async () => {
    await start();
    let refusals = 0;
    api.refuse = (verb, path) =>
      verb === 'PATCH' && path.includes('/pods/') && refusals++ < 5 ? failure('TooManyRequests', 'later') : undefined;
    addPod('a');
    await clock.advance(20_000);
    expect(refusals).toBeGreaterThan(5);
    expect(ready('a')).toBe('True');
  });

  test('a Ready that a controller took away comes back', async () => {
    await start();
    addPod('a');
    await clock.advance(5000);
    const conditions = pod('a')!.status!.conditions!.map((c) => (c.type === 'Ready' ? { ...c, status: 'False' } : c));
    api.change(PODS, pod('a')!, { status: { conditions } });
    expect(ready('a')).toBe('False');
    await clock.advance(1000);
    expect(ready('a')).toBe('True');
  });

  test('conditions of others are left alone', async () => {
    await start();
    addPod('a');
    await clock.advance(5000);
    const gate = { type: 'jdos.jd.com/in-service', status: 'True' };
    api.change(PODS, pod('a')!, { status: { conditions: [...pod('a')!.status!.conditions!, gate] } });
    api.change(PODS, pod('a')!, { spec: { containers: [{ name: 'web', image: 'nginx:1.28' }] } });
    await clock.advance(10_000);
    expect(pod('a')?.status?.conditions).toContainEqual(gate);
    expect(pod('a')?.status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      image: 'docker.io/library/nginx:1.28',
    });
  });

  test('tell of their life by events in the name of their host', async () => {
    await start();
    addPod('a');
    await clock.advance(5000);
    const told = api.all(EVENTS).filter((event) => event.involvedObject.name === 'a');
    expect(told.map((event) => event.reason)).toEqual(['Pulling', 'Pulled', 'Created', 'Started']);
    expect(told[0]?.source).toEqual({ component: 'kubelet', host: HOST });
  });

  test('start when the ConfigMap they wait for appears', async () => {
    await start();
    addPod('a', { volumes: [{ name: 'v', configMap: { name: 'late' } }] });
    await clock.advance(5000);
    expect(ready('a')).toBe('False');
    api.put(CONFIG_MAPS, { metadata: { name: 'late', namespace: 'default' }, data: { a: 'b' } });
    await clock.advance(3000);
    expect(ready('a')).toBe('True');
  });
});

describe('faults', () => {
  beforeEach(() => addHosts(1));

  test('a silent host renews nothing and its Pods stand still, until it is mended', async () => {
    await start();
    const fault = addFault('host-silent', { hosts: [HOST] });
    await clock.advance(0);
    const before = renewed();
    addPod('a');
    await clock.advance(60_000);
    expect(renewed()).toBe(before);
    expect(pod('a')?.status).toBeUndefined();
    api.remove(CONFIG_MAPS, fault);
    await clock.advance(5000);
    expect(renewed()).toBeGreaterThan(before + 59_000);
    expect(ready('a')).toBe('True');
  });

  test('what a controller made of the Pods of a silent host is put right when it speaks again', async () => {
    await start();
    addPod('a');
    await clock.advance(5000);
    const fault = addFault('kubelet-silent', { hosts: [HOST] });
    await clock.advance(60_000);
    const conditions = pod('a')!.status!.conditions!.map((c) => (c.type === 'Ready' ? { ...c, status: 'False' } : c));
    api.change(PODS, pod('a')!, { status: { conditions } });
    await clock.advance(10_000);
    expect(ready('a')).toBe('False');
    api.remove(CONFIG_MAPS, fault);
    await clock.advance(1000);
    expect(ready('a')).toBe('True');
  });

  test('a fault ends by itself at its time', async () => {
    await start();
    addFault('kubelet-silent', { hosts: [HOST] }, { until: clock.now() + 30_000 });
    await clock.advance(25_000);
    const before = renewed();
    await clock.advance(10_000);
    expect(renewed()).toBeGreaterThan(before + 20_000);
  });

  test('faults outlive a restart of the fleet', async () => {
    addFault('host-silent', { rack: node().metadata.labels!['jdos.jd.com/rack']! });
    await start();
    await clock.advance(20_000);
    expect(api.find(LEASES, HOST, 'kube-node-lease')).toBeUndefined();
  });

  test('a full disk raises DiskPressure and evicts best-effort Pods one by one, the least important first', async () => {
    await start();
    addPod('low', { priority: 1 });
    addPod('high', { priority: 5 });
    addPod('sized', { containers: [{ name: 'web', image: 'nginx:1.27', resources: { requests: { cpu: '1' } } }] });
    await clock.advance(5000);
    addFault('disk-full', { hosts: [HOST] });
    await clock.advance(11_000);
    expect(nodeCondition('DiskPressure')).toBe('True');
    expect(pod('low')?.status).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
    expect(pod('high')?.status?.phase).toBe('Running');
    await clock.advance(30_000);
    expect(pod('high')?.status?.phase).toBe('Failed');
    expect(pod('sized')?.status?.phase).toBe('Running');
  });

  test('a wrong clock shows in the lease', async () => {
    await start();
    addFault('clock-skew', { hosts: [HOST] }, { parameters: { seconds: '-120' } });
    await clock.advance(10_000);
    expect(clock.now() - renewed()).toBeGreaterThanOrEqual(120_000);
  });

  test('a fault that cannot be understood is told of and does nothing', async () => {
    await start();
    api.put(CONFIG_MAPS, {
      metadata: { name: 'odd', namespace: 'jdos-fleet', labels: { 'fleet.jdos.jd.com/fault': 'host-silent' } },
      data: { hots: HOST },
    });
    await clock.advance(15_000);
    expect(errors).toMatchObject([{ code: 'JDOS_ERR_FLEET_FAULT' }]);
    expect(clock.now() - renewed()).toBeLessThan(11_000);
  });
});
