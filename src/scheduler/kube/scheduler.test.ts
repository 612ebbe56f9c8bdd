import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../controlplane/index.ts';
import {
  conditionOf,
  EVENTS,
  Informer,
  KubeClient,
  loadKubeconfig,
  NODES,
  type Node,
  PODS,
  type Pod,
  PRIORITY_CLASSES,
} from '../../kube/index.ts';
import { explainPod } from './explain-pod.ts';
import { type RunningScheduler, startScheduler } from './scheduler.ts';

const dir = mkdtempSync(join(tmpdir(), 'jdos-scheduler-'));
const stop = new AbortController();
let plane: ControlPlane;
let client: KubeClient;
let scheduler: RunningScheduler;
let pods: Informer<Pod>;
const faults: unknown[] = [];

beforeAll(async () => {
  plane = await startControlPlane({ dataDir: join(dir, 'data') });
  const path = join(dir, 'kubeconfig');
  writeFileSync(path, plane.adminKubeconfig);
  client = new KubeClient(await loadKubeconfig({ path }));
  for (const zone of ['a', 'b'])
    await client.create(NODES, host(`host-${zone}`, { 'topology.kubernetes.io/zone': zone }));
  scheduler = await startScheduler({ client, signal: stop.signal, seed: 1, onError: (error) => faults.push(error) });
  pods = new Informer(client, PODS);
  pods.start(stop.signal);
  await pods.synced();
});

afterAll(async () => {
  stop.abort();
  await client.close();
  await plane.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('the scheduler against an API', () => {
  it('binds a Pod to a host that fits and tells so', async () => {
    await create('plain', { cpu: '500m' });
    const bound = await pod('plain', ({ spec }) => spec.nodeName !== undefined);
    expect(['host-a', 'host-b']).toContain(bound.spec.nodeName);
    expect(conditionOf({ status: bound.status ?? {} }, 'PodScheduled')?.status).toBe('True');
    expect(await event('plain', 'Scheduled')).toBe(`Successfully assigned default/plain to ${bound.spec.nodeName}`);
  });

  it('says why a Pod waits, in its status and in an event, and places it when a host comes that fits', async () => {
    await create('large', { cpu: '6' });
    const message =
      '0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: ' +
      '2 Preemption is not helpful for scheduling.';
    const waiting = await pod('large', (p) => conditionOf({ status: p.status ?? {} }, 'PodScheduled') !== undefined);
    expect(conditionOf({ status: waiting.status ?? {} }, 'PodScheduled')).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
      message,
    });
    expect(await event('large', 'FailedScheduling')).toBe(message);
    expect(scheduler.counts().parked).toBe(1);
    await client.create(NODES, host('host-c', { 'topology.kubernetes.io/zone': 'c' }, '8'));
    expect((await pod('large', ({ spec }) => spec.nodeName !== undefined)).spec.nodeName).toBe('host-c');
  });

  it('leaves Pods of other schedulers and gated Pods alone until the gate is gone', async () => {
    await create('foreign', { cpu: '100m' }, { schedulerName: 'somebody-else' });
    await create('gated', { cpu: '100m' }, { schedulingGates: [{ name: 'example.com/wait' }] });
    await create('after', { cpu: '100m' });
    await pod('after', ({ spec }) => spec.nodeName !== undefined);
    expect(pods.get('default/foreign')?.spec.nodeName).toBeUndefined();
    expect(pods.get('default/gated')?.spec.nodeName).toBeUndefined();
    await client.patch(
      PODS,
      'gated',
      { kind: 'merge', body: { spec: { schedulingGates: null } } },
      { namespace: 'default' },
    );
    await pod('gated', ({ spec }) => spec.nodeName !== undefined);
  });

  it('explains a decision host by host', () => {
    const explanation = scheduler.explain('default/plain')!;
    expect(explanation.nodes.map(({ node }) => node).sort()).toEqual(['host-a', 'host-b', 'host-c']);
    expect(explanation.nodes[0]!.scores.map(({ plugin }) => plugin)).toContain('NodeResourcesFit');
  });

  it('explains to those outside as well', async () => {
    const { nodes } = (await explainPod({ client, key: 'default/large' }))!;
    expect(nodes[0]!.node).toBe('host-c');
    expect(nodes[1]!.refusals.map(({ plugin, reasons }) => [plugin, reasons])).toEqual([
      ['NodeResourcesFit', ['Insufficient cpu']],
    ]);
    expect(await explainPod({ client, key: 'default/nobody' })).toBeUndefined();
  });

  it('makes room for a more important Pod', async () => {
    await client.create(PRIORITY_CLASSES, { metadata: { name: 'vital' }, value: 1000 });
    await create('victim', { cpu: '3' }, { nodeSelector: { 'topology.kubernetes.io/zone': 'a' } });
    await pod('victim', ({ spec }) => spec.nodeName !== undefined);
    await create(
      'vital',
      { cpu: '3500m' },
      { nodeSelector: { 'topology.kubernetes.io/zone': 'a' }, priorityClassName: 'vital' },
    );
    const dying = await pod('victim', ({ metadata }) => metadata.deletionTimestamp !== undefined);
    expect(conditionOf({ status: dying.status ?? {} }, 'DisruptionTarget')?.reason).toBe('PreemptionByScheduler');
    await pod('vital', ({ status }) => status?.nominatedNodeName === 'host-a');
    const others = [...pods.list()].filter(
      ({ spec, metadata }) => spec.nodeName === 'host-a' && metadata.name !== 'vital',
    );
    for (const { metadata } of others) {
      await client.delete(PODS, metadata.name, { namespace: 'default', gracePeriodSeconds: 0 });
    }
    expect((await pod('vital', ({ spec }) => spec.nodeName !== undefined)).spec.nodeName).toBe('host-a');
  });

  it('met no fault in all this', () => {
    expect(faults).toEqual([]);
  });
});

function host(name: string, labels: Record<string, string>, cpu = '4') {
  const capacity = { cpu, memory: '16Gi', pods: '110' };
  const status = { capacity, allocatable: capacity, conditions: [{ type: 'Ready', status: 'True' }] };
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: {},
    status,
  } as never as Node;
}

async function create(name: string, requests: Record<string, string>, spec: object = {}): Promise<void> {
  const containers = [{ name: 'main', image: 'example.com/app:1', resources: { requests } }];
  await client.create(PODS, { metadata: { name, namespace: 'default' }, spec: { containers, ...spec } });
}

/** The Pod as soon as it is as wished. */
function pod(name: string, isAsWished: (pod: Pod) => boolean): Promise<Pod> {
  const { promise, resolve } = Promise.withResolvers<Pod>();
  const look = (object: Pod) => object.metadata.name === name && isAsWished(object) && resolve(object);
  const off = pods.onChange({ add: look, update: look });
  return promise.finally(off);
}

async function event(name: string, reason: string): Promise<string | undefined> {
  const fieldSelector = `involvedObject.name=${name}`;
  const from = { sendInitialEvents: true, allowWatchBookmarks: true, resourceVersionMatch: 'NotOlderThan' } as const;
  for await (const { object } of client.watch(EVENTS, { namespace: 'default', fieldSelector, ...from })) {
    if (object.reason === reason) return object.message;
  }
  return undefined;
}
