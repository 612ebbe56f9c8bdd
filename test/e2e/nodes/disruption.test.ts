/** What happens to Pods under a DisruptionPolicy when hosts fail, are drained, or are deleted. */
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startControllers } from '../../../src/controlplane/index.ts';
import { makeFault } from '../../../src/fleet/index.ts';
import {
  CONFIG_MAPS,
  conditionOf,
  DEPLOYMENTS,
  LEASES,
  NODES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type Pod,
  VirtualClock,
} from '../../../src/kube/index.ts';
import { startDisruption } from '../../../src/nodes/index.ts';
import { DISRUPTION_POLICIES, type DisruptionPolicy } from '../../../src/resources/index.ts';
import { eventually, run } from '../harness.ts';
import { type FleetPlane, startFleetPlane } from '../network/fleet-plane.ts';

const at = { namespace: 'shop' };
const KUBECTL = process.env.JDOS_KUBECTL ?? 'kubectl';
const LONG_AGO = Date.UTC(2026, 0, 1);
const failing = new Map<string, number>();
let plane: FleetPlane;

beforeAll(async () => {
  const controllers = ['deployment', 'replicaset', 'disruption', 'garbage-collector'] as const;
  plane = await startFleetPlane({ hosts: 20, controllers, scheduler: true });
  await startDisruption(plane.env, { peers: (node) => failing.get(node) });
});
afterAll(() => plane?.stop());

const forever = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
}));
const isReady = ({ status }: Pod) =>
  status?.conditions?.some(({ type, status: s }) => type === 'Ready' && s === 'True') ?? false;
const podsOf = async (app: string) => (await plane.client.list(PODS, { ...at, labelSelector: `app=${app}` })).items;
const staying = (pods: readonly Pod[]) => pods.filter(({ metadata }) => !metadata.deletionTimestamp);

async function deploy(app: string, replicas: number, annotations: Record<string, string> = {}): Promise<Pod[]> {
  const template = {
    metadata: { labels: { app }, annotations },
    spec: { tolerations: forever, terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'web:1' }] },
  };
  const spec = { replicas, selector: { matchLabels: { app } }, template };
  await plane.client.create(DEPLOYMENTS, { metadata: { name: app, ...at }, spec });
  return allReady(app, replicas);
}

const allReady = (app: string, count: number) =>
  eventually(
    () => podsOf(app),
    (pods) => staying(pods).filter(isReady).length === count && pods.length === count,
    { ms: 60_000, what: `${app}: ${count} ready` },
  );

async function policy(app: string, spec: object): Promise<void> {
  const whole = { selector: { matchLabels: { app } }, ...spec } as unknown as DisruptionPolicy['spec'];
  await plane.client.create(DISRUPTION_POLICIES, { metadata: { name: app, ...at }, spec: whole });
}
const policyWhen = (app: string, holds: (policy: DisruptionPolicy) => boolean, what: string) =>
  eventually(() => plane.client.get(DISRUPTION_POLICIES, app, at), holds, {
    ms: 60_000,
    what: `policy ${app}: ${what}`,
  });

const condition = ({ status }: DisruptionPolicy, wanted: string) =>
  status?.conditions?.find(({ type }) => type === wanted);
const held = (policy: DisruptionPolicy) => condition(policy, 'Held');

const taint = (node: string, taints: object[] | null) =>
  plane.client.patch(NODES, node, { kind: 'merge', body: { spec: { taints } } });

/** The host says nothing any more; so long ago that its Lease has run out, and its peers know it when `confirmed`. */
async function lose(node: string, confirmed = true): Promise<void> {
  await plane.client.create(CONFIG_MAPS, makeFault('host-silent', { hosts: [node] }));
  const time = '2026-01-01T00:00:00.000000Z';
  await taint(node, [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }]);
  const lease = { kind: 'merge', body: { spec: { renewTime: time } } } as const;
  await eventually(
    async () => {
      await plane.client.patch(LEASES, node, lease, { namespace: 'kube-node-lease' });
      const body = {
        status: { conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: '2026-01-01T00:00:00Z' }] },
      };
      await plane.client.patch(NODES, node, { kind: 'strategic', body }, { subresource: 'status' });
      return plane.client.get(LEASES, node, { namespace: 'kube-node-lease' });
    },
    ({ spec }) => spec.renewTime === time,
    { what: 'silence' },
  );
  if (confirmed) failing.set(node, LONG_AGO);
}

async function heal(node: string): Promise<void> {
  failing.delete(node);
  await taint(node, null);
  for (const { metadata } of (await plane.client.list(CONFIG_MAPS, { namespace: 'jdos-fleet' })).items)
    await plane.client.delete(CONFIG_MAPS, metadata.name, { namespace: 'jdos-fleet' });
  await eventually(
    () => plane.client.get(NODES, node),
    (one) => conditionOf(one, 'Ready')?.status === 'True',
    { ms: 60_000, what: `${node} is back` },
  );
}

const busiest = (pods: readonly Pod[]) => {
  const counts = Map.groupBy(pods, ({ spec }) => spec.nodeName ?? '');
  return [...counts].sort(([, a], [, b]) => b.length - a.length).map(([node]) => node);
};

describe('a host that is lost', () => {
  it('V1 costs no Pod that tolerates it, however long it is unreachable', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    await startControllers({ client: plane.env.client, clock, signal: stop.signal, only: ['taint-eviction'] });
    const [node] = plane.hosts.slice(-1) as [string];
    const make = (name: string, tolerations: object[]) =>
      plane.client.create(PODS, {
        metadata: { name, ...at },
        spec: { nodeName: node, tolerations, containers: [{ name: 'main', image: 'web:1' }] } as Pod['spec'],
      });
    await make('tolerant', forever);
    await make('plain', []);
    await taint(node, [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }]);
    const names = async () => staying((await plane.client.list(PODS, at)).items).map(({ metadata }) => metadata.name);
    await eventually(
      async () => {
        await clock.advance(600_000);
        return names();
      },
      (all) => !all.includes('plain'),
      { ms: 30_000, what: 'plain goes' },
    );
    await clock.advance(3_600_000);
    expect(await names()).toContain('tolerant');
    stop.abort();
    await taint(node, null);
    await plane.client.delete(PODS, 'tolerant', at);
  });

  it('V2 has its Pods made anew elsewhere once it is confirmed, and not before', async () => {
    const [node] = busiest(await deploy('web', 40)) as [string];
    await policy('web', { maxUnavailable: 2, nodeFailure: { minDownSeconds: 1, maxNodesPerMinute: 1 } });
    await lose(node, false);
    await policyWhen('web', ({ status }) => status?.observedGeneration === 1, 'judged');
    const before = (await podsOf('web'))
      .filter(({ spec }) => spec.nodeName === node)
      .map(({ metadata }) => metadata.uid);
    expect(before.length).toBeGreaterThan(1);
    await plane.client.patch(
      DISRUPTION_POLICIES,
      'web',
      { kind: 'merge', body: { metadata: { annotations: { look: 'again' } } } },
      at,
    );
    await policyWhen('web', ({ metadata }) => metadata.annotations?.look === 'again', 'looked');
    expect((await podsOf('web')).filter(({ metadata }) => before.includes(metadata.uid)).length).toBe(before.length);
    failing.set(node, LONG_AGO);
    await plane.client.patch(
      DISRUPTION_POLICIES,
      'web',
      { kind: 'merge', body: { metadata: { annotations: { look: 'now' } } } },
      at,
    );
    const moved = (pods: readonly Pod[]) =>
      pods.every(({ spec }) => spec.nodeName !== node) && pods.filter(isReady).length === 40;
    await eventually(() => podsOf('web'), moved, { ms: 60_000, what: 'web: moved' });
    const { status } = await plane.client.get(DISRUPTION_POLICIES, 'web', at);
    expect(status?.nodes).toMatchObject([{ node, verdict: 'Recreated' }]);
    await heal(node);
  });

  it('V3 among too many others loses none of its Pods, and somebody is told', async () => {
    await deploy('many', 20);
    await policy('many', { nodeFailure: { minDownSeconds: 0, maxNodesPerMinute: 100 } });
    const before = (await podsOf('many')).map(({ metadata }) => metadata.uid).sort();
    const down = plane.hosts.slice(0, 8);
    for (const node of down) await lose(node, false);
    for (const node of down) failing.set(node, LONG_AGO);
    const body = { metadata: { annotations: { look: 'now' } } };
    await plane.client.patch(DISRUPTION_POLICIES, 'many', { kind: 'merge', body }, at);
    const told = await policyWhen('many', (one) => held(one)?.status === 'True', 'held');
    expect(held(told)).toMatchObject({ reason: 'ClusterThreshold' });
    expect((await podsOf('many')).map(({ metadata }) => metadata.uid).sort()).toEqual(before);
    for (const node of down) await heal(node);
    await policyWhen('many', (one) => held(one)?.status === 'False', 'held no more');
  });

  it('V7 and is deleted has its Pods made anew once, and none twice when it returns', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    await startControllers({ client: plane.env.client, clock, signal: stop.signal, only: ['pod-garbage-collector'] });
    const [node] = busiest(await deploy('once', 20)) as [string];
    const { metadata, spec } = await plane.client.get(NODES, node);
    await plane.client.delete(NODES, node);
    const late = async () => {
      await clock.advance(10_000);
      return podsOf('once');
    };
    await eventually(
      late,
      (pods) => pods.every((pod) => pod.spec.nodeName !== node) && pods.filter(isReady).length === 20,
      { ms: 100_000, what: 'made anew' },
    );
    const { name, labels } = metadata;
    await plane.client.create(NODES, { metadata: { name, ...(labels && { labels }) }, spec });
    await eventually(
      () => plane.client.get(NODES, node),
      (one) => conditionOf(one, 'Ready')?.status === 'True',
      { what: 'back' },
    );
    expect((await podsOf('once')).length).toBe(20);
    stop.abort();
  });
});

describe('a drain', () => {
  it('V4 keeps to the budget that stands for the policy, and a Pod that never was ready does not block it', async () => {
    await deploy('calm', 4);
    await policy('calm', { maxUnavailable: 1 });
    const budget = await eventually(
      () => plane.client.get(POD_DISRUPTION_BUDGETS, 'calm', at).catch(() => undefined),
      (one) => one?.status?.disruptionsAllowed === 1,
      { what: 'budget' },
    );
    expect(budget?.spec).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: { app: 'calm' } },
    });
    await plane.client.patch(DISRUPTION_POLICIES, 'calm', { kind: 'merge', body: { spec: { maxUnavailable: 0 } } }, at);
    await eventually(
      () => plane.client.get(POD_DISRUPTION_BUDGETS, 'calm', at),
      ({ status }) => status?.disruptionsAllowed === 0,
      { what: 'none allowed' },
    );
    const [first] = await podsOf('calm');
    const drain = (...more: string[]) =>
      run(
        KUBECTL,
        [
          'drain',
          first!.spec.nodeName!,
          '--ignore-daemonsets',
          '--force',
          '--timeout=2s',
          '--pod-selector=app in (calm,never)',
          ...more,
        ],
        { env: { KUBECONFIG: plane.kubeconfig } },
      );
    const refused = await drain();
    expect(refused.stderr).toContain("would violate the pod's disruption budget");
    await plane.client.patch(
      DISRUPTION_POLICIES,
      'calm',
      { kind: 'merge', body: { spec: { maxUnavailable: '50%' } } },
      at,
    );
    await eventually(
      () => plane.client.get(POD_DISRUPTION_BUDGETS, 'calm', at),
      ({ status }) => status?.disruptionsAllowed === 2,
      { what: 'two allowed' },
    );
    expect((await drain('--timeout=60s')).code).toBe(0);
    await allReady('calm', 4);
    await run(KUBECTL, ['uncordon', first!.spec.nodeName!], { env: { KUBECONFIG: plane.kubeconfig } });
  });

  it('V4 is not blocked by a Pod that never became ready', async () => {
    const template = {
      metadata: { labels: { app: 'never' }, annotations: { 'fleet.jdos.jd.com/fail-probes': 'readiness' } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: 'web:1', readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 } }],
      },
    };
    await plane.client.create(DEPLOYMENTS, {
      metadata: { name: 'never', ...at },
      spec: { replicas: 1, selector: { matchLabels: { app: 'never' } }, template },
    });
    await policy('never', { maxUnavailable: 0 });
    await eventually(
      () => plane.client.get(POD_DISRUPTION_BUDGETS, 'never', at).catch(() => undefined),
      (one) => one?.status?.expectedPods === 1,
      { what: 'budget' },
    );
    const [pod] = await eventually(
      () => podsOf('never'),
      (pods) => pods[0]?.status?.phase === 'Running',
      { what: 'runs' },
    );
    const { name } = pod!.metadata;
    await plane.client.createSubresource(
      PODS,
      name,
      'eviction',
      { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, ...at } },
      at,
    );
    await eventually(
      () => podsOf('never'),
      (pods) => pods.every(({ metadata }) => metadata.name !== name),
      { what: 'evicted' },
    );
  });

  it('finds nothing allowed outside the windows of the policy, and another’s budget is left alone', async () => {
    const spec = { maxUnavailable: 3, selector: { matchLabels: { app: 'theirs' } } };
    await plane.client.create(POD_DISRUPTION_BUDGETS, { metadata: { name: 'theirs', ...at }, spec });
    await policy('theirs', { maxUnavailable: 1 });
    const taken = await policyWhen('theirs', (one) => condition(one, 'Projected') !== undefined, 'judged');
    expect(condition(taken, 'Projected')).toMatchObject({ status: 'False', reason: 'NameTaken' });
    expect((await plane.client.get(POD_DISRUPTION_BUDGETS, 'theirs', at)).spec.maxUnavailable).toBe(3);
    const past = new Date(Date.now() - 3 * 3_600_000);
    await policy('shut', {
      maxUnavailable: 1,
      windows: [{ schedule: `${past.getUTCMinutes()} ${past.getUTCHours()} * * *`, durationMinutes: 60 }],
    });
    const shut = await eventually(
      () => plane.client.get(POD_DISRUPTION_BUDGETS, 'shut', at).catch(() => undefined),
      (one) => one !== undefined,
      { what: 'budget' },
    );
    expect(shut?.spec.maxUnavailable).toBe(0);
  });

  it('is no trouble to anybody', () => expect(plane.faults).toEqual([]));
});
