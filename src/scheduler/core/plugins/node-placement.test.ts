import { describe, expect, it } from 'vitest';
import { scores, testCluster, testNode, testPod, verdicts } from '../test-cluster.ts';
import { imageLocality, localityScore, spreadSize } from './image-locality.ts';
import { nodeAffinity } from './node-affinity.ts';
import { nodeName } from './node-name.ts';
import { nodePorts } from './node-ports.ts';
import { nodeUnschedulable } from './node-unschedulable.ts';
import { taintToleration } from './taint-toleration.ts';

const MIB = 1024 * 1024;

describe('NodeUnschedulable', () => {
  const cluster = testCluster([testNode('open'), testNode('cordoned', { unschedulable: true })]);

  it('refuses cordoned hosts', () => {
    const expected = { open: 'ok', cordoned: 'node(s) were unschedulable' };
    expect(verdicts(nodeUnschedulable, testPod('p'), cluster)).toEqual(expected);
  });

  it('lets Pods pass that tolerate the cordon', () => {
    const tolerations = [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }];
    expect(verdicts(nodeUnschedulable, testPod('p', { spec: { tolerations } }), cluster)).toMatchObject({
      cordoned: 'ok',
    });
  });
});

describe('NodeName', () => {
  it('accepts the named host only', () => {
    const cluster = testCluster([testNode('a'), testNode('b')]);
    expect(verdicts(nodeName, testPod('p', { spec: { nodeName: 'a' } }), cluster)).toEqual({
      a: 'ok',
      b: "node(s) didn't match the requested node name",
    });
  });
});

describe('TaintToleration', () => {
  const taint = (effect: string, key = 'role') => ({ key, value: 'db', effect });
  const cluster = testCluster([
    testNode('free'),
    testNode('tainted', { taints: [taint('NoSchedule')] }),
    testNode('leaving', { taints: [taint('NoExecute')] }),
    testNode('shy', { taints: [taint('PreferNoSchedule')] }),
    testNode('shyer', { taints: [taint('PreferNoSchedule'), taint('PreferNoSchedule', 'other')] }),
  ]);

  it('refuses hosts with taints that the Pod does not tolerate', () => {
    const refused = 'node(s) had untolerated taint(s)';
    const expected = { free: 'ok', tainted: refused, leaving: refused, shy: 'ok', shyer: 'ok' };
    expect(verdicts(taintToleration, testPod('p'), cluster)).toEqual(expected);
    const tolerations = [{ key: 'role', operator: 'Exists' }];
    const all = verdicts(taintToleration, testPod('p', { spec: { tolerations } }), cluster);
    expect(Object.values(all)).toEqual(Array(5).fill('ok'));
  });

  it('prefers hosts with fewer taints that would rather not', () => {
    expect(scores(taintToleration, testPod('p'), cluster)).toMatchObject({
      free: 100,
      tainted: 100,
      shy: 50,
      shyer: 0,
    });
  });

  it('does not count tolerations of other effects when it scores', () => {
    const tolerations = [{ key: 'role', operator: 'Exists', effect: 'NoSchedule' }];
    const pod = testPod('p', { spec: { tolerations } });
    expect(scores(taintToleration, pod, cluster, true)).toMatchObject({ free: 0, shy: 1, shyer: 2 });
  });
});

describe('NodeAffinity', () => {
  const cluster = testCluster([
    testNode('a', { labels: { zone: 'a' } }),
    testNode('b', { labels: { zone: 'b' } }),
    testNode('c'),
  ]);
  const zone = (value: string) => ({ matchExpressions: [{ key: 'zone', operator: 'In', values: [value] }] });

  it('refuses hosts outside of the selector', () => {
    const refused = "node(s) didn't match Pod's node affinity/selector";
    const pod = testPod('p', { spec: { nodeSelector: { zone: 'a' } } });
    expect(verdicts(nodeAffinity, pod, cluster)).toEqual({ a: 'ok', b: refused, c: refused });
  });

  it('adds up preferences and brings the highest to 100', () => {
    const preferred = [
      { weight: 2, preference: zone('a') },
      { weight: 1, preference: zone('b') },
    ];
    const affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } };
    expect(scores(nodeAffinity, testPod('p', { spec: { affinity } }), cluster)).toEqual({ a: 100, b: 50, c: 0 });
  });

  it('leaves all at 0 when no host is preferred', () => {
    const preferred = [{ weight: 2, preference: zone('z') }];
    const affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } };
    expect(scores(nodeAffinity, testPod('p', { spec: { affinity } }), cluster)).toEqual({ a: 0, b: 0, c: 0 });
  });

  it('refuses at once a Pod whose terms name no common host', () => {
    const names = (name: string) => ({ key: 'metadata.name', operator: 'In', values: [name] });
    const nodeSelectorTerms = [{ matchFields: [names('a'), names('b')] }];
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
    expect(verdicts(nodeAffinity, testPod('p', { spec: { affinity } }), cluster)).toBe('pod affinity terms conflict');
  });
});

describe('NodePorts', () => {
  it('refuses hosts whose port is taken', () => {
    const onPort = (name: string, hostPort: number) =>
      testPod(name, { spec: { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort }] }] } });
    const cluster = testCluster([testNode('a'), testNode('b')], { a: [onPort('old', 8080)] });
    const refused = "node(s) didn't have free ports for the requested pod ports";
    expect(verdicts(nodePorts, onPort('new', 8080), cluster)).toEqual({ a: refused, b: 'ok' });
    expect(verdicts(nodePorts, onPort('new', 8081), cluster)).toEqual({ a: 'ok', b: 'ok' });
  });
});

describe('ImageLocality', () => {
  it.each([
    [0, 1, 0],
    [23 * MIB, 1, 0],
    [1000 * MIB, 1, 100],
    [9999 * MIB, 1, 100],
    [1000 * MIB, 2, 49],
    [511 * MIB, 1, 49],
    [512 * MIB, 1, 50],
  ])('%d bytes in %d containers score %d', (bytes, containers, expected) => {
    expect(localityScore(bytes, containers)).toBe(expected);
  });

  it('counts an image by the part of the hosts that have it', () => {
    expect(spreadSize(100, 1, 3)).toBe(33);
    expect(spreadSize(100, 3, 3)).toBe(100);
  });

  it('prefers hosts that hold the images, tag or no tag', () => {
    const cluster = testCluster([
      testNode('both', { images: { 'web:latest': 600 * MIB, 'db:2': 400 * MIB } }),
      testNode('one', { images: { 'web:latest': 600 * MIB } }),
      testNode('none'),
    ]);
    const containers = ['web', 'db:2'].map((image, i) => ({ name: `c${i}`, image }));
    const web = 600 * MIB * (2 / 3);
    const db = 400 * MIB * (1 / 3);
    expect(scores(imageLocality, testPod('p', { spec: { containers } }), cluster)).toEqual({
      both: localityScore(Math.trunc(web) + Math.trunc(db), 2),
      one: localityScore(Math.trunc(web), 2),
      none: 0,
    });
  });

  it('has nothing to say of images that nobody has', () => {
    expect(scores(imageLocality, testPod('p'), testCluster([testNode('n')]))).toEqual({});
  });
});
