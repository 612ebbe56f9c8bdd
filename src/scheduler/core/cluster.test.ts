import { describe, expect, it } from 'vitest';
import { livePodMatcher, readable } from './pod-matcher.ts';
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
