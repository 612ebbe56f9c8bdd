import { describe, expect, it } from 'vitest';
import {
  type ChangeHandler,
  type InformerSet,
  type KubeObject,
  NODES,
  PODS,
  type Pod,
  type ResourceType,
} from '../../kube/index.ts';
import { Cluster, SchedulingQueue } from '../core/index.ts';
import { type TestPod, testNode, testPod } from '../core/test-cluster.ts';
import { AssumedPods } from './assumed.ts';
import { feed } from './feed.ts';

/** A feed whose informers tell what each test says. */
class World {
  readonly cluster = new Cluster();
  readonly queue = new SchedulingQueue({ namespaceLabels: this.cluster.namespaceLabels });
  readonly assumed = new AssumedPods(this.cluster);
  readonly handlers = new Map<string, ChangeHandler<KubeObject>>();
  readonly stop: () => void;

  constructor() {
    const of = (type: ResourceType) => ({
      onChange: (handler: ChangeHandler<KubeObject>) => {
        this.handlers.set(type.plural, handler);
        return () => this.handlers.delete(type.plural);
      },
    });
    const { cluster, queue, assumed } = this;
    const isMine = (pod: Pod) => pod.spec.schedulerName !== 'other';
    this.stop = feed({ of } as unknown as InformerSet, { cluster, queue, assumed, isMine });
    this.tell(NODES).add!(testNode('n'));
  }

  tell(type: ResourceType): ChangeHandler<KubeObject> {
    return this.handlers.get(type.plural)!;
  }

  update(name: string, pod: TestPod, old: TestPod = {}): void {
    this.tell(PODS).update!(testPod(name, pod), testPod(name, old));
  }

  add(name: string, pod: TestPod = {}): void {
    this.tell(PODS).add!(testPod(name, pod));
  }

  get used(): number {
    return this.cluster.node('n')!.requested.milliCpu;
  }
}

const onN = { cpu: '1', spec: { nodeName: 'n' } };

describe('feed', () => {
  it('queues Pods without a host that are ours to place', () => {
    const w = new World();
    w.add('p');
    w.add('q', { spec: { schedulerName: 'other' } });
    expect([w.queue.place('default/p'), w.queue.place('default/q')]).toEqual(['active', undefined]);
  });

  it('counts placed Pods once, whoever placed them', () => {
    const w = new World();
    w.add('p', onN);
    w.update('p', { ...onN, spec: { nodeName: 'n' } });
    expect(w.used).toBe(1000);
    w.update('p', { cpu: '2', spec: { nodeName: 'n' } });
    expect(w.used).toBe(2000);
    w.tell(PODS).delete!(testPod('p', onN));
    expect(w.used).toBe(0);
  });

  it('takes finished Pods off their host', () => {
    const w = new World();
    w.add('p', onN);
    w.tell(PODS).update!({ ...testPod('p', onN), status: { phase: 'Succeeded' } } as Pod, testPod('p', onN));
    expect(w.used).toBe(0);
  });

  it('believes no old news of an assumed Pod', () => {
    const w = new World();
    w.add('p', { cpu: '1' });
    const queued = w.queue.pop()!;
    w.assumed.assume(queued.info, 'n');
    w.update('p', { cpu: '1', labels: { a: 'b' } });
    expect([w.queue.place('default/p'), w.used]).toEqual(['flight', 1000]);
    w.update('p', onN);
    expect([w.queue.size, w.assumed.size, w.used]).toEqual([0, 0, 1000]);
  });

  it('wakes who waits for what happens', () => {
    const w = new World();
    w.add('old', onN);
    w.add('p', { cpu: '4' });
    w.queue.refused(w.queue.pop()!, new Set(['NodeResourcesFit']));
    w.tell(NODES).update!(testNode('n', { labels: { a: 'b' } }), testNode('n'));
    expect(w.queue.place('default/p')).toBe('parked');
    w.tell(PODS).delete!(testPod('old', onN));
    expect(w.queue.place('default/p')).toBe('backoff');
  });

  it('keeps the room of nominated Pods, and gives it free with them', () => {
    const w = new World();
    const nominee = { ...testPod('p', { priority: 5 }), status: { nominatedNodeName: 'n' } } as Pod;
    w.tell(PODS).add!(nominee);
    expect(w.cluster.nominations.nodeOf('default/p')).toBe('n');
    w.add('q');
    w.queue.pop();
    w.queue.refused(w.queue.pop()!, new Set(['NodeResourcesFit']));
    w.tell(PODS).delete!(nominee);
    expect(w.cluster.nominations.size).toBe(0);
    expect(w.queue.place('default/q')).toBe('backoff');
  });

  it('listens no more when stopped', () => {
    const w = new World();
    w.stop();
    expect(w.handlers.size).toBe(0);
  });
});
