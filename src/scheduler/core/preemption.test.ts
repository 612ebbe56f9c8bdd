import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pod, PodDisruptionBudget } from '../../kube/index.ts';
import type { Cluster } from './cluster.ts';
import { Decider } from './decider.ts';
import { type Preemption, pickOne, preempt, type Victims } from './preemption.ts';
import { seededRandom } from './random.ts';
import { testCluster, testNode, testPod } from './test-cluster.ts';

const low = (name: string, cpu: string, more: object = {}) =>
  testPod(name, { cpu, priority: 1, labels: { app: name }, ...more });

function attempt(cluster: Cluster, pod: Pod): Preemption {
  const decider = new Decider(cluster, { tieBreak: 'first' });
  const info = cluster.info(pod);
  const decision = decider.decide(info);
  if (decision.kind !== 'refused') throw new Error('expected a refusal');
  return preempt(info, decision.diagnosis, decider, { random: seededRandom(1) });
}

function outcome(cluster: Cluster, pod: Pod): object | string {
  const found = attempt(cluster, pod);
  return found.kind === 'impossible'
    ? found.message
    : { [found.node.name]: found.pods.map(({ pod: p }) => p.metadata.name) };
}

function protect(cluster: Cluster, app: string, disruptionsAllowed: number, more: object = {}): void {
  const spec = { selector: { matchLabels: { app } } };
  const metadata = { name: app, namespace: 'default', uid: app, resourceVersion: '1', creationTimestamp: '' };
  const status = { currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, disruptionsAllowed, ...more };
  cluster.disruptionBudgets.set(`default/${app}`, { metadata, spec, status } satisfies PodDisruptionBudget);
}

describe('preempt', () => {
  it('takes as few of the less important Pods as needed', () => {
    const cluster = testCluster([testNode('n', { cpu: '4' })], { n: [low('a', '1'), low('b', '2'), low('c', '1')] });
    expect(outcome(cluster, testPod('new', { cpu: '2', priority: 5 }))).toEqual({ n: ['b'] });
    expect(outcome(cluster, testPod('new', { cpu: '3', priority: 5 }))).toEqual({ n: ['b', 'c'] });
  });

  it('touches no Pod of equal or higher priority', () => {
    const cluster = testCluster([testNode('n', { cpu: '2' })], { n: [testPod('a', { cpu: '2', priority: 5 })] });
    expect(outcome(cluster, testPod('new', { cpu: '1', priority: 5 }))).toBe(
      '0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    );
  });

  it('does not try where the removal of Pods cannot help', () => {
    const cluster = testCluster(
      [testNode('n', { cpu: '2' }), testNode('c', { unschedulable: true }), testNode('m', { cpu: '1' })],
      {
        n: [testPod('a', { cpu: '2', priority: 9 })],
        c: [low('b', '2')],
        m: [low('c', '1')],
      },
    );
    expect(outcome(cluster, testPod('new', { cpu: '2', priority: 5 }))).toBe(
      '0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.',
    );
  });

  it('tells what stands in the way even of an emptied host', () => {
    const cluster = testCluster([testNode('n', { cpu: '4' })], {
      n: [low('a', '1'), testPod('b', { cpu: '3', priority: 9 })],
    });
    expect(outcome(cluster, testPod('new', { cpu: '2', priority: 5 }))).toBe(
      '0/1 nodes are available: 1 Insufficient cpu.',
    );
  });

  it('prefers not to break a budget', () => {
    const cluster = testCluster([testNode('a', { cpu: '2' }), testNode('b', { cpu: '2' })], {
      a: [low('guarded', '2')],
      b: [low('free', '2', { priority: 4 })],
    });
    protect(cluster, 'guarded', 0);
    expect(outcome(cluster, testPod('new', { cpu: '2', priority: 5 }))).toEqual({ b: ['free'] });
  });

  it('lets Pods under a budget back first', () => {
    const cluster = testCluster([testNode('n', { cpu: '2' })], {
      n: [low('guarded', '1'), low('free', '1', { priority: 3 })],
    });
    protect(cluster, 'guarded', 0);
    expect(outcome(cluster, testPod('new', { cpu: '1', priority: 5 }))).toEqual({ n: ['free'] });
  });

  it('breaks budgets when there is no other way, and knows how many', () => {
    const cluster = testCluster([testNode('n', { cpu: '2' })], { n: [low('guarded', '2')] });
    protect(cluster, 'guarded', 0);
    expect(attempt(cluster, testPod('new', { cpu: '2', priority: 5 }))).toMatchObject({ budgetViolations: 1 });
    protect(cluster, 'guarded', 0, { disruptedPods: { guarded: '2026-01-01T00:00:00Z' } });
    expect(attempt(cluster, testPod('new', { cpu: '2', priority: 5 }))).toMatchObject({ budgetViolations: 0 });
  });

  it('frees what other Pods repel, not only resources', () => {
    const anti = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'new' } } },
        ],
      },
    };
    const cluster = testCluster([testNode('n')], {
      n: [low('shy', '1', { spec: { affinity: anti } }), low('calm', '1')],
    });
    expect(outcome(cluster, testPod('new', { labels: { app: 'new' }, priority: 5 }))).toEqual({ n: ['shy'] });
  });

  it('never acts for a Pod that declines', () => {
    const cluster = testCluster([testNode('n', { cpu: '1' })], { n: [low('a', '1')] });
    expect(outcome(cluster, testPod('new', { cpu: '1', priority: 5, spec: { preemptionPolicy: 'Never' } }))).toBe(
      'not eligible due to preemptionPolicy=Never.',
    );
  });

  it('waits for victims that are still dying on the nominated host', () => {
    const dying = low('a', '1');
    const victim = {
      ...dying,
      metadata: { ...dying.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
      status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }] },
    };
    const cluster = testCluster([testNode('n', { cpu: '1' })], { n: [victim] });
    const pod = { ...testPod('new', { cpu: '1', priority: 5 }), status: { nominatedNodeName: 'n' } };
    expect(outcome(cluster, pod)).toBe('not eligible due to a terminating pod on the nominated node.');
  });

  it('leaves the cluster as it was and is enough, whatever is there', () => {
    const cpus = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(cpus, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 8 }), (hosts, cpu) => {
        const placed = hosts.map((pods, h) =>
          pods.map((size, i) => testPod(`p${h}-${i}`, { cpu: `${size}`, priority: i })),
        );
        const cluster = testCluster(
          hosts.map((_, h) => testNode(`n${h}`, { cpu: '8' })),
          Object.fromEntries(placed.map((pods, h) => [`n${h}`, pods])),
        );
        const pod = testPod('new', { cpu: `${cpu}`, priority: 3 });
        if (new Decider(cluster).decide(cluster.info(pod)).kind === 'placed') return;
        const before = cluster.nodes.map(({ requested, pods }) => [requested.milliCpu, [...pods.keys()]]);
        const found = attempt(cluster, pod);
        expect(cluster.nodes.map(({ requested, pods }) => [requested.milliCpu, [...pods.keys()]])).toEqual(before);
        if (found.kind === 'impossible') return;
        for (const victim of found.pods) cluster.deletePod(victim.key);
        expect(found.pods.every(({ priority }) => priority < 3)).toBe(true);
        expect(new Decider(cluster).decide(cluster.info(pod)).kind).toBe('placed');
        for (const victim of found.pods) {
          cluster.setPod(victim, found.node.name);
          const { facts, requested } = found.node;
          expect(requested.milliCpu + cpu * 1000).toBeGreaterThan(facts.allocatable.milliCpu);
          cluster.deletePod(victim.key);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('pickOne decides', () => {
  const cluster = testCluster([testNode('a'), testNode('b')]);
  const victims = (
    node: string,
    priorities: number[],
    budgetViolations = 0,
    startTime = '2026-01-01T00:00:00Z',
  ): Victims => ({
    node: cluster.node(node)!,
    pods: priorities.map((priority, i) => cluster.info(testPod(`${node}${i}`, { priority, startTime }))),
    budgetViolations,
  });

  it.each([
    ['fewest broken budgets', victims('a', [9], 0), victims('b', [1], 1)],
    ['lowest top priority', victims('a', [2, 2, 2]), victims('b', [3])],
    ['lowest sum of priorities', victims('a', [3, 1]), victims('b', [3, 2])],
    ['fewest victims, also at negative priorities', victims('a', [-5]), victims('b', [-5, -9])],
    ['the latest start among the top victims', victims('a', [3], 0, '2026-02-01T00:00:00Z'), victims('b', [3])],
    ['the first', victims('a', [3]), victims('b', [3])],
  ])('by %s', (_, better, worse) => {
    expect(pickOne([better, worse])?.node.name).toBe('a');
    if (_ !== 'the first') expect(pickOne([worse, better])?.node.name).toBe('a');
  });

  it('nothing among none', () => {
    expect(pickOne([])).toBeUndefined();
  });
});
