import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../kube/index.ts';
import type { Cluster } from './cluster.ts';
import { Decider } from './decider.ts';
import { describe as describeDiagnosis } from './diagnosis.ts';
import { explain } from './explain.ts';
import { defaultProfile } from './profile.ts';
import { seededRandom } from './random.ts';
import { amountOf } from './resources.ts';
import { testCluster, testNode, testPod } from './test-cluster.ts';

const ZONE = 'topology.kubernetes.io/zone';

function decide(cluster: Cluster, pod: Pod, decider = new Decider(cluster, { tieBreak: 'first' })) {
  return decider.decide(cluster.info(pod));
}

describe('Decider', () => {
  it('takes the host with the best score', () => {
    const cluster = testCluster([testNode('busy'), testNode('idle')], {
      busy: [testPod('old', { cpu: '2', memory: '8Gi' })],
    });
    const decision = decide(cluster, testPod('new', { cpu: '1', memory: '4Gi' }));
    expect(decision).toMatchObject({ kind: 'placed', feasible: 2, best: [{ name: 'idle' }] });
  });

  it('does not score when only one host is left', () => {
    const cluster = testCluster([testNode('small', { cpu: '1' }), testNode('large')]);
    expect(decide(cluster, testPod('new', { cpu: '2' }))).toMatchObject({ kind: 'placed', score: 0, feasible: 1 });
  });

  it('breaks ties by the seed, and reaches every one of the best', () => {
    const cluster = testCluster(['a', 'b', 'c'].map((name) => testNode(name)));
    const choices = (seed: number) => {
      const decider = new Decider(cluster, { random: seededRandom(seed) });
      return Array.from({ length: 50 }, () => {
        const decision = decide(cluster, testPod('p'), decider);
        return decision.kind === 'placed' ? decision.node.name : '';
      });
    };
    expect(choices(1)).toEqual(choices(1));
    expect(choices(1)).not.toEqual(choices(2));
    expect(new Set(choices(1))).toEqual(new Set(['a', 'b', 'c']));
  });

  it('tells of every host why not', () => {
    const cluster = testCluster([
      testNode('small', { cpu: '1' }),
      testNode('small2', { cpu: '1' }),
      testNode('cordoned', { unschedulable: true }),
    ]);
    const decision = decide(cluster, testPod('new', { cpu: '2' }));
    if (decision.kind !== 'refused') throw new Error('expected a refusal');
    expect(describeDiagnosis(decision.diagnosis)).toBe(
      '0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu.',
    );
    expect(decision.diagnosis.plugins).toEqual(new Set(['NodeUnschedulable', 'NodeResourcesFit']));
  });

  it('looks only at the hosts that a DaemonSet Pod names, and says so of the others', () => {
    const cluster = testCluster([testNode('a', { cpu: '1' }), testNode('b'), testNode('c')]);
    const field = { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] };
    const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [field] } };
    const decision = decide(cluster, testPod('new', { cpu: '2', spec: { affinity: { nodeAffinity: required } } }));
    if (decision.kind !== 'refused') throw new Error('expected a refusal');
    expect(describeDiagnosis(decision.diagnosis)).toBe(
      "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity].",
    );
  });

  it('has its own words for a cluster without hosts', () => {
    const decision = decide(testCluster([]), testPod('new'));
    if (decision.kind !== 'refused') throw new Error('expected a refusal');
    expect(describeDiagnosis(decision.diagnosis)).toBe('no nodes available to schedule pods');
  });

  it('leaves room for nominated Pods of no lower priority', () => {
    const cluster = testCluster([testNode('n', { cpu: '2' })]);
    cluster.nominations.set(cluster.info(testPod('nominee', { cpu: '2', priority: 5 })), 'n');
    expect(decide(cluster, testPod('equal', { cpu: '1', priority: 5 })).kind).toBe('refused');
    expect(decide(cluster, testPod('higher', { cpu: '1', priority: 6 })).kind).toBe('placed');
    expect(decide(cluster, testPod('nominee', { cpu: '2', priority: 5 })).kind).toBe('placed');
  });

  it('looks at as many hosts as upstream does when told to choose the number itself', () => {
    const cluster = testCluster(Array.from({ length: 1000 }, (_, i) => testNode(`n${i}`)));
    const feasible = (percentageOfNodesToScore: number) => {
      const decider = new Decider(cluster, { profile: defaultProfile({ percentageOfNodesToScore }) });
      const decision = decide(cluster, testPod('p'), decider);
      return decision.kind === 'placed' ? decision.feasible : 0;
    };
    expect(feasible(0)).toBe(420);
    expect(feasible(5)).toBe(100);
    expect(feasible(100)).toBe(1000);
  });
});

describe('explain', () => {
  it('agrees with the decision and tells all objections', () => {
    const cluster = testCluster([testNode('a'), testNode('b'), testNode('c', { cpu: '1', unschedulable: true })], {
      a: [testPod('old', { cpu: '1' })],
    });
    const decider = new Decider(cluster);
    const pod = cluster.info(testPod('new', { cpu: '2', memory: '1Gi' }));
    const decision = decider.decide(pod);
    const { nodes } = explain(pod, decider);
    expect(nodes[0]).toMatchObject({
      node: decision.kind === 'placed' && decision.node.name,
      total: (decision as { score: number }).score,
    });
    expect(nodes[2]!.refusals.map(({ plugin }) => plugin)).toEqual(['NodeUnschedulable', 'NodeResourcesFit']);
  });
});

const zone = fc.constantFrom('a', 'b', 'c');
const app = fc.constantFrom('web', 'db');
const topologyKey = fc.constantFrom(ZONE, 'kubernetes.io/hostname');

const node = fc.record({
  cpu: fc.integer({ min: 0, max: 8 }),
  memory: fc.integer({ min: 0, max: 8 }),
  pods: fc.integer({ min: 0, max: 6 }),
  zone: fc.option(zone, { nil: undefined }),
  tainted: fc.constantFrom(undefined, undefined, 'NoSchedule', 'PreferNoSchedule'),
});

const term = fc.record({ labelSelector: fc.record({ matchLabels: fc.record({ app }) }), topologyKey });
const weighted = fc.record({ weight: fc.integer({ min: 1, max: 100 }), podAffinityTerm: term });
const terms = fc.record({
  requiredDuringSchedulingIgnoredDuringExecution: fc.array(term, { maxLength: 1 }),
  preferredDuringSchedulingIgnoredDuringExecution: fc.array(weighted, { maxLength: 2 }),
});
const pod = fc.record({
  cpu: fc.integer({ min: 0, max: 4 }),
  memory: fc.integer({ min: 0, max: 4 }),
  app,
  port: fc.constantFrom(0, 0, 0, 80),
  tolerates: fc.boolean(),
  affinity: fc.option(fc.record({ podAffinity: terms, podAntiAffinity: terms }), { nil: undefined, freq: 2 }),
  spread: fc.array(
    fc.record({
      maxSkew: fc.integer({ min: 1, max: 3 }),
      topologyKey,
      whenUnsatisfiable: fc.constantFrom('DoNotSchedule', 'ScheduleAnyway'),
      labelSelector: fc.record({ matchLabels: fc.record({ app }) }),
    }),
    { maxLength: 1 },
  ),
});
const scenario = fc.record({
  nodes: fc.array(node, { minLength: 1, maxLength: 8 }),
  pods: fc.array(pod, { minLength: 1, maxLength: 25 }),
});
type Spec<T> = T extends fc.Arbitrary<infer S> ? S : never;

function nodeOf(spec: Spec<typeof node>, index: number): Node {
  return testNode(`n${index}`, {
    cpu: `${spec.cpu}`,
    memory: `${spec.memory}Gi`,
    pods: `${spec.pods}`,
    ...(spec.zone && { labels: { [ZONE]: spec.zone } }),
    ...(spec.tainted && { taints: [{ key: 'role', effect: spec.tainted }] }),
  });
}

function podOf(spec: Spec<typeof pod>, index: number): Pod {
  const { cpu, memory, port, tolerates, affinity, spread } = spec;
  const ports = port ? [{ containerPort: port, hostPort: port }] : [];
  const resources = { requests: { ...(cpu && { cpu: `${cpu}` }), ...(memory && { memory: `${memory}Gi` }) } };
  return testPod(`p${index}`, {
    labels: { app: spec.app },
    spec: {
      containers: [{ name: 'main', image: 'app:1', resources, ports }],
      tolerations: tolerates ? [{ operator: 'Exists' }] : [],
      topologySpreadConstraints: spread,
      ...(affinity && { affinity }),
    },
  });
}

/** Places all Pods one by one, and takes each third one away again. */
function play(
  { nodes, pods }: Spec<typeof scenario>,
  each?: (cluster: Cluster, pod: Pod, decider: Decider) => void,
): Cluster {
  const cluster = testCluster(nodes.map(nodeOf));
  const decider = new Decider(cluster, { tieBreak: 'first' });
  for (const [index, spec] of pods.entries()) {
    const object = podOf(spec, index);
    each?.(cluster, object, decider);
    const info = cluster.info(object);
    const decision = decider.decide(info);
    if (decision.kind === 'placed') cluster.setPod(info, decision.node.name);
    if (index % 3 === 2) cluster.deletePod(`default/p${index - 1}`);
  }
  return cluster;
}

describe('decisions, whatever the cluster', () => {
  it('never give a host more than it has', () => {
    fc.assert(
      fc.property(scenario, (spec) => {
        for (const { facts, requested, pods } of play(spec).nodes) {
          expect(pods.size).toBeLessThanOrEqual(facts.allowedPods);
          for (const name of ['cpu', 'memory']) {
            expect(amountOf(requested, name)).toBeLessThanOrEqual(amountOf(facts.allocatable, name));
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are equal over state kept up Pod by Pod and state built afresh', () => {
    fc.assert(
      fc.property(scenario, (spec) => {
        play(spec, (cluster, object, decider) => {
          expect(summary(object, new Decider(rebuilt(cluster)))).toEqual(summary(object, decider));
        });
      }),
      { numRuns: 60 },
    );
  });

  it('find an equal best score in whatever order the hosts come', () => {
    fc.assert(
      fc.property(scenario, fc.infiniteStream(fc.nat()), (spec, stream) => {
        play(spec, (cluster, object, decider) => {
          const order = cluster.nodes.map((one) => ({ one, key: stream.next().value! })).sort((a, b) => a.key - b.key);
          const other = rebuilt(
            cluster,
            order.map(({ one }) => one.name),
          );
          expect(summary(object, new Decider(other))).toEqual(summary(object, decider));
        });
      }),
      { numRuns: 60 },
    );
  });

  it('do not change by a host that nothing fits on', () => {
    fc.assert(
      fc.property(scenario, (spec) => {
        play(spec, (cluster, object, decider) => {
          const larger = rebuilt(cluster);
          larger.setNode(testNode('full', { pods: '0' }));
          const expected = summary(object, decider);
          const actual = summary(object, new Decider(larger));
          if (!spreadsByHost(object)) expect([actual.best, actual.score]).toEqual([expected.best, expected.score]);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('leave no trace of Pods and hosts that are gone', () => {
    fc.assert(
      fc.property(scenario, (spec) => {
        const cluster = play(spec);
        for (const { pod: info } of [...cluster.placements]) cluster.deletePod(info.key);
        for (const { requested, nonZeroRequested, ports, pods } of cluster.nodes) {
          expect({ ...requested, scalars: [...requested.scalars] }).toEqual({
            milliCpu: 0,
            memory: 0,
            ephemeralStorage: 0,
            scalars: [],
          });
          expect(nonZeroRequested).toEqual({ milliCpu: 0, memory: 0 });
          expect([ports.toJSON(), pods.size]).toEqual([[], 0]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** A host without Pods is a domain of its own that lowers the least count. */
function spreadsByHost({ spec }: Pod): boolean {
  return (spec.topologySpreadConstraints ?? []).some(({ topologyKey: key }) => key === 'kubernetes.io/hostname');
}

interface Summary {
  readonly score?: number;
  readonly best?: readonly string[];
  readonly feasible?: number;
  readonly refused?: readonly string[];
}

/** What matters of a decision: the best hosts and their score, or who refused. */
function summary(object: Pod, decider: Decider): Summary {
  const decision = decider.decide(decider.cluster.info(object));
  if (decision.kind === 'placed') {
    return { score: decision.score, best: decision.best.map(({ name }) => name).sort(), feasible: decision.feasible };
  }
  const refused = [...decision.diagnosis.byNode].map(([{ name }, { reasons }]) => `${name}: ${reasons.join()}`).sort();
  return { refused };
}

function rebuilt(cluster: Cluster, order = cluster.nodes.map(({ name }) => name)): Cluster {
  const fresh = testCluster(order.map((name) => cluster.node(name)!.facts.node));
  for (const { pod: info, nodeName } of cluster.placements) fresh.setPod(fresh.info(info.pod), nodeName);
  return fresh;
}
