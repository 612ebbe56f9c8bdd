import { describe, expect, it } from 'vitest';
import { type core, failure, VirtualClock } from '../../kube/index.ts';
import { type Cluster, SchedulingQueue } from '../core/index.ts';
import { testCluster, testNode, testPod } from '../core/test-cluster.ts';
import { AssumedPods } from './assumed.ts';
import { Binder } from './binder.ts';
import { VolumeBinder } from './volume-binder.ts';

/** A binder whose API answers as each test says. */
class World {
  readonly clock = new VirtualClock();
  readonly cluster: Cluster = testCluster([testNode('n')]);
  readonly queue = new SchedulingQueue({ clock: this.clock });
  readonly assumed = new AssumedPods(this.cluster);
  readonly events: string[] = [];
  readonly faults: unknown[] = [];
  readonly calls: { readonly name: string; readonly body: object; readonly answer: PromiseWithResolvers<never> }[] = [];
  readonly binder: Binder;

  constructor(concurrency = 64) {
    const client = {
      createSubresource: (_type: unknown, name: string, _subresource: string, body: object) => {
        const answer = Promise.withResolvers<never>();
        this.calls.push({ name, body, answer });
        return answer.promise;
      },
      patch: () => Promise.reject(new Error('not expected')),
    };
    const { cluster, queue, assumed, clock } = this;
    this.binder = new Binder({
      client,
      cluster,
      queue,
      assumed,
      volumes: new VolumeBinder({ client, cluster, clock }),
      events: { event: (_object, _type, reason, message) => void this.events.push(`${reason}: ${message}`) },
      signal: new AbortController().signal,
      concurrency,
      onError: (error) => this.faults.push(error),
    });
  }

  bind(name: string, spec: Partial<core.PodSpec> = {}): void {
    this.queue.set(this.cluster.info(testPod(name, { cpu: '1', spec })));
    this.binder.bind(this.queue.pop()!, this.cluster.node('n')!);
  }

  get used(): number {
    return this.cluster.node('n')!.requested.milliCpu;
  }
}

describe('Binder', () => {
  it('counts the Pod on its host at once, and is done with it when the API has agreed', async () => {
    const w = new World();
    w.bind('p');
    expect([w.used, w.assumed.has('default/p'), w.queue.place('default/p')]).toEqual([1000, true, 'flight']);
    expect(w.calls[0]!.body).toEqual({
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'p', namespace: 'default', uid: 'uid-p' },
      target: { apiVersion: 'v1', kind: 'Node', name: 'n' },
    });
    w.calls[0]!.answer.resolve({} as never);
    await w.clock.advance(0);
    expect([w.used, w.queue.size]).toEqual([1000, 0]);
    expect(w.events).toEqual(['Scheduled: Successfully assigned default/p to n']);
  });

  it('forgets a Pod that the API refused and tries it again after its back-off', async () => {
    const w = new World();
    w.bind('p');
    w.calls[0]!.answer.reject(failure('InternalError', 'etcd is away'));
    await w.clock.advance(0);
    expect([w.used, w.assumed.size, w.queue.place('default/p'), w.queue.pop()]).toEqual([0, 0, 'backoff', undefined]);
    expect(w.events).toEqual(['FailedScheduling: binding rejected: etcd is away']);
    await w.clock.advance(1000);
    expect(w.queue.pop()?.key).toBe('default/p');
  });

  it('wakes those who wait for the room of a Pod that was refused', async () => {
    const w = new World();
    w.queue.set(w.cluster.info(testPod('waiting', { cpu: '4' })));
    w.queue.refused(w.queue.pop()!, new Set(['NodeResourcesFit']));
    w.bind('p');
    w.calls[0]!.answer.reject(failure('Conflict', 'no'));
    await w.clock.advance(0);
    expect(w.queue.place('default/waiting')).toBe('backoff');
  });

  it('says nothing of a Pod that was deleted meanwhile', async () => {
    const w = new World();
    w.bind('p');
    w.queue.delete('default/p');
    w.calls[0]!.answer.reject(failure('NotFound', 'pods "p" not found'));
    await w.clock.advance(0);
    expect([w.used, w.queue.size, w.events, w.faults]).toEqual([0, 0, [], []]);
  });

  it('leaves alone what the API has settled before the answer came', async () => {
    const w = new World();
    w.bind('p');
    w.assumed.settled('default/p');
    w.calls[0]!.answer.reject(new Error('connection reset'));
    await w.clock.advance(0);
    expect(w.used).toBe(1000);
  });

  it('lets nobody wait for the volumes of another Pod', async () => {
    const w = new World(1);
    const meta = { name: 'data', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' };
    const annotations = { 'volume.kubernetes.io/selected-node': 'n' };
    const { claims, classes } = w.cluster.storage;
    classes.set('fast', { metadata: meta, provisioner: 'csi.example.com', volumeBindingMode: 'WaitForFirstConsumer' });
    claims.set('default/data', { metadata: { ...meta, annotations }, spec: { storageClassName: 'fast' } });
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    w.bind('slow', { volumes });
    await w.binder.room();
    w.bind('quick');
    await w.clock.advance(0);
    expect(w.calls.map(({ name }) => name)).toEqual(['quick']);
    w.calls[0]!.answer.resolve({} as never);
    const status = { phase: 'Bound' };
    claims.set('default/data', { metadata: { ...meta, annotations }, spec: { volumeName: 'pv' }, status });
    await w.clock.advance(1000);
    expect(w.calls.map(({ name }) => name)).toEqual(['quick', 'slow']);
  });

  it('has no more binds under way than allowed', async () => {
    const w = new World(2);
    w.bind('a');
    await w.binder.room();
    w.bind('b');
    let free = false;
    void w.binder.room().then(() => {
      free = true;
    });
    await w.clock.advance(0);
    expect(free).toBe(false);
    w.calls[0]!.answer.resolve({} as never);
    await w.clock.advance(0);
    expect(free).toBe(true);
  });
});
