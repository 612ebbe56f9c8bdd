import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cluster } from './cluster.ts';
import { livePodMatcher, readable, termMatcher } from './pod-matcher.ts';
import type { TermKind } from './term-holders.ts';
import { testCluster, testNode, testPod } from './test-cluster.ts';

const web = livePodMatcher('default', readable({ app: 'web' }));
const labels = { app: 'web' };

describe('Cluster', () => {
  it('keeps Pods whose host is not there yet and puts them on it when it comes', () => {
    const cluster = testCluster([]);
    cluster.setPod(cluster.info(testPod('p', { cpu: '1', labels })), 'n');
    expect(cluster.placement('default/p')?.nodeName).toBe('n');
    cluster.setNode(testNode('n'));
    expect(cluster.node('n')!.requested.milliCpu).toBe(1000);
    expect([...cluster.countsOf(web)]).toEqual([[0, 1]]);
  });

  it('does not lose the Pods of a host that goes and comes again', () => {
    const cluster = testCluster([testNode('n')], { n: [testPod('p', { cpu: '1', labels })] });
    expect(cluster.countsOf(web).size).toBe(1);
    cluster.deleteNode('n');
    expect([cluster.nodes.length, cluster.countsOf(web).size]).toEqual([0, 0]);
    cluster.setNode(testNode('n'));
    expect(cluster.node('n')!.pods.size).toBe(1);
    expect(cluster.countsOf(web).size).toBe(1);
  });

  it('moves a Pod that is elsewhere now', () => {
    const cluster = testCluster([testNode('a'), testNode('b')], { a: [testPod('p', { cpu: '1', labels })] });
    cluster.setPod(cluster.info(testPod('p', { cpu: '2', labels })), 'b');
    expect([cluster.node('a')!.requested.milliCpu, cluster.node('b')!.requested.milliCpu]).toEqual([0, 2000]);
  });

  it('takes a heartbeat for no news', () => {
    const cluster = testCluster([testNode('n')]);
    const { facts, generation } = cluster.node('n')!;
    const node = testNode('n');
    cluster.setNode({ ...node, metadata: { ...node.metadata, resourceVersion: '2' } });
    expect([cluster.node('n')!.facts === facts, cluster.node('n')!.generation]).toEqual([true, generation]);
    cluster.setNode(testNode('n', { labels: { a: 'b' } }));
    expect(cluster.node('n')!.generation).not.toBe(generation);
  });

  it('gives the place of a host that went to the next one, and nothing of what was known of it', () => {
    const cluster = testCluster([testNode('a', { images: { 'app:1': 1 } })], { a: [testPod('p', { labels })] });
    const { slot } = cluster.node('a')!;
    cluster.deleteNode('a');
    cluster.setNode(testNode('b'));
    expect(cluster.node('b')!.slot).toBe(slot);
    expect([cluster.countsOf(web).size, cluster.holdersOfImage('app:1')]).toEqual([0, undefined]);
  });

  it('shares one class among Pods of equal spec, host and name apart', () => {
    const cluster = testCluster([]);
    const classOf = (name: string, more: object = {}) => cluster.info(testPod(name, { cpu: '1', ...more })).class;
    expect(classOf('a')).toBe(classOf('b', { spec: { nodeName: 'n' }, labels }));
    expect(classOf('a')).not.toBe(classOf('b', { cpu: '2' }));
    expect(classOf('a')).not.toBe(classOf('b', { namespace: 'other' }));
  });
});

describe('Workloads', () => {
  it('select a Pod by all its services and its owner together', () => {
    const { workloads } = testCluster([]);
    const service = (name: string, selector: Record<string, string>) =>
      workloads.setService({ metadata: { namespace: 'default', name }, spec: { selector } });
    const pod = testPod('p', { labels: { app: 'web', tier: 'x', rev: '1' } });
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'u', controller: true };
    const owned = { ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } };
    expect(workloads.selectorOf(owned).matches(pod.metadata.labels)).toBe(false);
    service('web', { app: 'web' });
    service('tier', { tier: 'x' });
    service('other', { app: 'db' });
    workloads.setOwner('ReplicaSet', {
      metadata: { namespace: 'default', name: 'web-1' },
      spec: { selector: { matchLabels: { rev: '1' } } },
    });
    expect(workloads.selectorOf(owned).toString()).toBe('app=web,rev=1,tier=x');
    expect(workloads.selectorOf(pod).toString()).toBe('app=web,tier=x');
    service('web', {});
    workloads.deleteOwner('ReplicaSet', { metadata: { namespace: 'default', name: 'web-1' } });
    expect(workloads.selectorOf(owned).toString()).toBe('tier=x');
  });
});

const small = fc.nat({ max: 3 });
const app = fc.constantFrom('web', 'db');
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('pod' as const),
      pod: fc.nat({ max: 9 }),
      node: small,
      app,
      cpu: small,
      shy: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pod gone' as const), pod: fc.nat({ max: 9 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('node' as const), node: small, label: app, image: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('node gone' as const), node: small }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('namespace' as const), namespace: fc.nat({ max: 1 }), env: app }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const matchers = [
  web,
  termMatcher(new Set(['ns0']), readable({ app: 'web' })),
  termMatcher(new Set(), readable({ app: 'db' }), readable({ env: 'web' })),
  livePodMatcher('ns0', readable({ matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'db'] }] })),
  livePodMatcher('ns1', readable({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] })),
  livePodMatcher('ns0', readable({ app: 'db', tier: 'none' })),
];
const shy = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          topologyKey: 'zone',
          labelSelector: { matchLabels: { app: 'db' } },
          namespaceSelector: { matchLabels: { env: 'db' } },
        },
      ],
    },
  },
};

function take(cluster: Cluster, taken: Step): void {
  switch (taken.kind) {
    case 'pod': {
      const spec = {
        ...(taken.shy && shy),
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: `c${taken.cpu}` } }],
      };
      const pod = testPod(`p${taken.pod}`, {
        namespace: `ns${taken.pod % 2}`,
        cpu: `${taken.cpu}`,
        labels: { app: taken.app },
        spec,
      });
      cluster.setPod(cluster.info(pod), `n${taken.node}`);
      return;
    }
    case 'pod gone':
      cluster.deletePod(`ns${taken.pod % 2}/p${taken.pod}`);
      return;
    case 'node': {
      const images: Record<string, number> = taken.image ? { 'app:1': 1 } : {};
      cluster.setNode(testNode(`n${taken.node}`, { labels: { zone: taken.label }, images }));
      return;
    }
    case 'node gone':
      cluster.deleteNode(`n${taken.node}`);
      return;
    case 'namespace':
      cluster.setNamespace(`ns${taken.namespace}`, { env: taken.env });
      return;
  }
}

/** All that decisions read, in a form that does not depend on slots or order. */
function contents(cluster: Cluster): unknown {
  const bySlot = (counts: Iterable<readonly [number, number]>) =>
    [...counts].map(([slot, count]) => [cluster.bySlot[slot]!.name, count]).sort();
  const probe = cluster.info(testPod('probe', { namespace: 'ns0', labels: { app: 'db' } }));
  const kinds: TermKind[] = ['required', 'preferred', 'requiredAnti', 'preferredAnti'];
  return {
    nodes: cluster.nodes
      .map(({ name, requested, nonZeroRequested, pods, facts }) => ({
        name,
        requested,
        nonZeroRequested,
        pods: [...pods.keys()].sort(),
        labels: facts.labels,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    counts: matchers.map((matcher) => bySlot(cluster.countsOf(matcher))),
    held: kinds.map((kind) =>
      [...cluster.holders.meaning(probe, kind, cluster.namespaceLabels)].map(({ term, holders }) => [
        term.id,
        bySlot(holders),
      ]),
    ),
    images: [...(cluster.holdersOfImage('app:1')?.keys() ?? [])].map((slot) => cluster.bySlot[slot]!.name).sort(),
    claims: [0, 1].flatMap((n) => [0, 1, 2, 3].map((c) => cluster.usersOfClaim(`ns${n}/c${c}`))),
    below: cluster.hasPodsBelow(1),
  };
}

describe('the cluster after any steps', () => {
  it('equals one that is built from what is left', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const cluster = testCluster([]);
        contents(cluster);
        const namespaces = new Map<string, Record<string, string>>();
        for (const taken of steps) {
          take(cluster, taken);
          if (taken.kind === 'namespace') namespaces.set(`ns${taken.namespace}`, { env: taken.env });
        }
        const fresh = testCluster([]);
        for (const [name, labels] of namespaces) fresh.setNamespace(name, labels);
        for (const { pod, nodeName } of cluster.placements) fresh.setPod(fresh.info(pod.pod), nodeName);
        for (const { facts } of cluster.nodes) fresh.setNode(facts.node);
        expect(contents(cluster)).toEqual(contents(fresh));
      }),
      { numRuns: 300 },
    );
  });
});
