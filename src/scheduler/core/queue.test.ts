import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../kube/index.ts';
import type { Cluster } from './cluster.ts';
import { type QueuedPod, SchedulingQueue } from './queue.ts';
import { type TestPod, testCluster, testNode, testPod } from './test-cluster.ts';

const FIT = new Set(['NodeResourcesFit']);

class World {
  readonly clock = new VirtualClock();
  readonly cluster: Cluster = testCluster([testNode('n')]);
  readonly queue = new SchedulingQueue({ clock: this.clock, namespaceLabels: this.cluster.namespaceLabels });

  add(name: string, pod: TestPod = {}): void {
    this.queue.set(this.cluster.info(testPod(name, pod)));
  }

  pop(): string | undefined {
    return this.queue.pop()?.info.pod.metadata.name;
  }

  refuse(name: string, plugins: ReadonlySet<string> = FIT): void {
    this.queue.refused(this.flying(name), plugins);
  }

  flying(name: string): QueuedPod {
    for (;;) {
      const pod = this.queue.pop()!;
      if (pod.info.pod.metadata.name === name) return pod;
      this.queue.done(pod.key);
    }
  }

  place(name: string): string | undefined {
    return this.queue.place(`default/${name}`);
  }

  gone(): void {
    this.queue.happened({ kind: 'PodGone', pod: this.cluster.info(testPod('some', { cpu: '1' })) });
  }
}

describe('the queue', () => {
  it('gives the more important first, then who waits longer', async () => {
    const w = new World();
    w.add('late', { priority: 5 });
    await w.clock.advance(1);
    w.add('later', { priority: 5 });
    w.add('urgent', { priority: 9 });
    w.add('idle');
    expect([w.pop(), w.pop(), w.pop(), w.pop(), w.pop()]).toEqual(['urgent', 'late', 'later', 'idle', undefined]);
  });

  it('keeps a gated Pod until its gates are gone', () => {
    const w = new World();
    w.add('p', { spec: { schedulingGates: [{ name: 'wait' }] } });
    expect([w.place('p'), w.pop()]).toEqual(['gated', undefined]);
    w.gone();
    expect(w.place('p')).toBe('gated');
    w.add('p');
    expect(w.pop()).toBe('p');
  });

  it('parks a refused Pod until an event that could help, and then lets it back off', async () => {
    const w = new World();
    w.add('p', { cpu: '2' });
    w.refuse('p');
    expect([w.place('p'), w.pop()]).toEqual(['parked', undefined]);
    w.queue.happened({ kind: 'NamespaceChanged' });
    expect(w.place('p')).toBe('parked');
    w.gone();
    expect(w.place('p')).toBe('backoff');
    await w.clock.advance(1000);
    w.add('other', { priority: -1 });
    expect([w.pop(), w.pop()]).toEqual(['p', 'other']);
  });

  it('goes to active at once when its back-off is over already', async () => {
    const w = new World();
    w.add('p');
    w.refuse('p');
    await w.clock.advance(1000);
    w.gone();
    expect(w.place('p')).toBe('active');
  });

  it('does not let a refused Pod wait when there is nothing else to do', () => {
    const w = new World();
    w.add('p');
    w.refuse('p');
    w.gone();
    w.add('fresh', { priority: -9 });
    expect([w.pop(), w.pop(), w.pop()]).toEqual(['fresh', 'p', undefined]);
  });

  it('doubles the back-off of failures from 1 s to 10 s and keeps to it', async () => {
    const w = new World();
    w.add('p');
    for (const seconds of [1, 2, 4, 8, 10, 10]) {
      w.queue.failed(w.flying('p'));
      expect(w.queue.nextDueMs).toBe(seconds * 1000);
      await w.clock.advance(seconds * 1000 - 1);
      expect(w.pop()).toBeUndefined();
      await w.clock.advance(1);
    }
    expect(w.pop()).toBe('p');
  });

  it('tries Pods again that were parked for five minutes', async () => {
    const w = new World();
    w.add('p');
    w.refuse('p');
    await w.clock.advance(299_999);
    expect([w.queue.flush(), w.place('p')]).toEqual([1, 'parked']);
    await w.clock.advance(1);
    w.queue.flush();
    expect(w.place('p')).toBe('active');
  });

  it('loses no event that comes while the Pod is in flight', () => {
    const w = new World();
    w.add('p');
    const flying = w.flying('p');
    w.gone();
    w.queue.refused(flying, FIT);
    expect(w.place('p')).toBe('backoff');
  });

  it('wakes a parked Pod when its labels or its spec change, but not for its status', () => {
    const w = new World();
    w.add('p', { cpu: '9' });
    w.refuse('p');
    w.add('p', { cpu: '9' });
    expect(w.place('p')).toBe('parked');
    w.add('p', { cpu: '1' });
    expect(w.place('p')).toBe('backoff');
    w.refuse('p');
    w.add('p', { cpu: '1', labels: { a: 'b' } });
    expect(w.place('p')).toBe('backoff');
  });

  it('forgets a Pod wherever it is, and an answer for a forgotten Pod', () => {
    const w = new World();
    w.add('active');
    w.queue.delete('default/active');
    w.add('parked');
    w.refuse('parked');
    w.queue.delete('default/parked');
    w.add('flying');
    const flying = w.flying('flying');
    w.queue.delete('default/flying');
    w.queue.refused(flying, FIT);
    w.queue.failed(flying);
    w.gone();
    expect([w.queue.size, w.pop()]).toEqual([0, undefined]);
  });

  it('tells when a Pod may be ready', () => {
    const w = new World();
    let told = 0;
    const off = w.queue.onReady(() => told++);
    w.add('p');
    expect(told).toBe(1);
    off();
    w.add('q');
    expect(told).toBe(1);
  });

  it('counts who is where', () => {
    const w = new World();
    w.add('a');
    w.refuse('a');
    w.add('b', { spec: { schedulingGates: [{ name: 'wait' }] } });
    w.add('c');
    w.queue.pop();
    w.add('d');
    expect(w.queue.counts()).toEqual({ active: 1, backoff: 0, parked: 1, gated: 1, flight: 1 });
  });
});

describe('hints', () => {
  const node = (cpu: string, more: object = {}) => testCluster([testNode('m', { cpu, ...more })]).node('m')!.facts;

  it.each<[string, TestPod, string, (w: World) => void, string]>([
    [
      'a host that is large enough',
      { cpu: '8' },
      'NodeResourcesFit',
      (w) => w.queue.happened({ kind: 'NodeAdded', node: node('8') }),
      'backoff',
    ],
    [
      'a host that is too small',
      { cpu: '8' },
      'NodeResourcesFit',
      (w) => w.queue.happened({ kind: 'NodeAdded', node: node('7') }),
      'parked',
    ],
    [
      'a host that grew',
      { cpu: '8' },
      'NodeResourcesFit',
      (w) => w.queue.happened({ kind: 'NodeChanged', node: node('8'), before: node('7') }),
      'backoff',
    ],
    [
      'a host that shrank',
      { cpu: '6' },
      'NodeResourcesFit',
      (w) => w.queue.happened({ kind: 'NodeChanged', node: node('7'), before: node('8') }),
      'parked',
    ],
    [
      'a host without the taint any more',
      {},
      'TaintToleration',
      (w) => w.queue.happened({ kind: 'NodeChanged', node: node('1'), before: node('1') }),
      'backoff',
    ],
    [
      'a host still tainted',
      {},
      'TaintToleration',
      (w) => w.queue.happened({ kind: 'NodeAdded', node: node('1', { taints: [{ key: 'k', effect: 'NoSchedule' }] }) }),
      'parked',
    ],
    [
      'a host still cordoned',
      {},
      'NodeUnschedulable',
      (w) => w.queue.happened({ kind: 'NodeAdded', node: node('1', { unschedulable: true }) }),
      'parked',
    ],
    ['a volume', {}, 'VolumeBinding', (w) => w.queue.happened({ kind: 'StorageChanged' }), 'backoff'],
    [
      'a volume, for who waits for cpu',
      {},
      'NodeResourcesFit',
      (w) => w.queue.happened({ kind: 'StorageChanged' }),
      'parked',
    ],
    ['something unknown', {}, 'NodeResourcesFit', (w) => w.queue.happened({ kind: 'Unknown' }), 'backoff'],
    ['the end of a Pod, for who waits for a label', {}, 'NodeAffinity', (w) => w.gone(), 'parked'],
  ])('%s', (_, pod, plugin, happen, place) => {
    const w = new World();
    w.add('p', pod);
    w.refuse('p', new Set([plugin]));
    happen(w);
    expect(w.place('p')).toBe(place);
  });

  it('a Pod that an affinity term means, and no other', () => {
    const w = new World();
    const term = { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'db' } } };
    const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    w.add('p', { spec: { affinity } });
    w.refuse('p', new Set(['InterPodAffinity']));
    const placed = (app: string) =>
      w.queue.happened({ kind: 'PodPlaced', pod: w.cluster.info(testPod('x', { labels: { app } })) });
    placed('web');
    expect(w.place('p')).toBe('parked');
    placed('db');
    expect(w.place('p')).toBe('backoff');
  });
});
