import { describe, expect, it } from 'vitest';
import { RefusalMemory } from './refusal-memory.ts';
import { testCluster, testNode, testPod } from './test-cluster.ts';

const preemption = { kind: 'impossible', message: '', hopeless: true } as const;
const refusal = { diagnosis: { nodes: 1, byNode: new Map(), plugins: new Set<string>() }, preemption };

function world() {
  const cluster = testCluster([testNode('n')]);
  const memory = new RefusalMemory(cluster);
  const pod = (name: string, more: object = {}) => cluster.info(testPod(name, { cpu: '9', ...more }));
  memory.set(pod('first'), refusal);
  return { cluster, memory, pod };
}

describe('RefusalMemory', () => {
  it('knows Pods that are alike', () => {
    const { memory, pod } = world();
    expect(memory.get(pod('second'))).toBe(refusal);
    for (const other of [{ cpu: '8' }, { priority: 1 }, { labels: { a: 'b' } }, { namespace: 'other' }]) {
      expect(memory.get(pod('other', other))).toBeUndefined();
    }
  });

  it.each<[string, (w: ReturnType<typeof world>) => void, boolean]>([
    ['a Pod is placed', ({ cluster, pod }) => cluster.setPod(pod('x'), 'n'), false],
    ['a host comes', ({ cluster }) => void cluster.setNode(testNode('m')), false],
    ['a host changes', ({ cluster }) => void cluster.setNode(testNode('n', { cpu: '9' })), false],
    ['a host only sends its heartbeat', ({ cluster }) => void cluster.setNode(testNode('n')), true],
    ['a host goes', ({ cluster }) => cluster.deleteNode('n'), false],
    ['a namespace changes', ({ cluster }) => cluster.setNamespace('x', {}), false],
    ['room is kept for a Pod', ({ cluster, pod }) => cluster.nominations.set(pod('x'), 'n'), false],
    ['a service comes', ({ cluster }) => cluster.workloads.setService({ metadata: { name: 's' } }), false],
    ['storage changes', ({ cluster }) => cluster.touch(), false],
    ['nothing happens', () => {}, true],
  ])('when %s', (_, happen, knows) => {
    const w = world();
    happen(w);
    expect(w.memory.get(w.pod('second')) !== undefined).toBe(knows);
  });

  it('takes a Pod with room kept for it as like no other', () => {
    const { memory, pod } = world();
    const nominated = pod('p');
    nominated.pod = { ...nominated.pod, status: { nominatedNodeName: 'n' } };
    expect(memory.get(nominated)).toBeUndefined();
  });
});
