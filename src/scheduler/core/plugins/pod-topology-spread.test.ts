import { describe, expect, it } from 'vitest';
import type { core } from '../../../kube/index.ts';
import { SYSTEM_DEFAULTS } from '../spread-constraint.ts';
import { scores, type TestPod, testCluster, testNode, testPod, verdicts } from '../test-cluster.ts';
import { normalizeSpread, podTopologySpread } from './pod-topology-spread.ts';

const spread = podTopologySpread();
const ZONE = 'topology.kubernetes.io/zone';
const SKEWED = "node(s) didn't match pod topology spread constraints";
const UNLABELLED = `${SKEWED} (missing required label)`;
const labels = { app: 'web' };

const zoned = (name: string, zone: string, more: object = {}) => testNode(name, { labels: { [ZONE]: zone }, ...more });
const web = (name: string, more: TestPod = {}) => testPod(name, { labels, ...more });

function spreading(constraint: Partial<core.TopologySpreadConstraint>, more: TestPod = {}) {
  const whole = {
    maxSkew: 1,
    topologyKey: ZONE,
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: labels },
  };
  return web('new', { ...more, spec: { ...more.spec, topologySpreadConstraints: [{ ...whole, ...constraint }] } });
}

describe('PodTopologySpread filters', () => {
  const nodes = [zoned('a1', 'a'), zoned('a2', 'a'), zoned('b1', 'b'), testNode('nowhere')];

  it('refuses domains that would have too many more than the least', () => {
    const cluster = testCluster(nodes, { a1: [web('1')] });
    expect(verdicts(spread, spreading({}), cluster)).toEqual({ a1: SKEWED, a2: SKEWED, b1: 'ok', nowhere: UNLABELLED });
    expect(verdicts(spread, spreading({ maxSkew: 2 }), cluster)).toMatchObject({ a1: 'ok', a2: 'ok', b1: 'ok' });
  });

  it('counts only Pods of its namespace that match and are not on their way out', () => {
    const dying = { ...web('3'), metadata: { ...web('3').metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    const cluster = testCluster(nodes, {
      a1: [web('1', { namespace: 'other' }), testPod('2', { labels: { app: 'db' } }), dying],
    });
    expect(verdicts(spread, spreading({}), cluster)).toMatchObject({ a1: 'ok', b1: 'ok' });
  });

  it('does not count the Pod itself when its own selector misses it', () => {
    const cluster = testCluster(nodes, { a1: [web('1')] });
    expect(verdicts(spread, spreading({}, { labels: { app: 'db' } }), cluster)).toMatchObject({ a1: 'ok', b1: 'ok' });
  });

  it('holds the least for nothing while there are fewer domains than wished', () => {
    const cluster = testCluster(nodes, { a1: [web('1')], b1: [web('2')] });
    expect(verdicts(spread, spreading({}), cluster)).toMatchObject({ a1: 'ok', b1: 'ok' });
    expect(verdicts(spread, spreading({ minDomains: 2 }), cluster)).toMatchObject({ a1: 'ok', b1: 'ok' });
    expect(verdicts(spread, spreading({ minDomains: 3 }), cluster)).toMatchObject({ a1: SKEWED, b1: SKEWED });
  });

  it('leaves out domains that the node selector excludes, unless told to ignore that', () => {
    const cluster = testCluster([zoned('a1', 'a', { labels: { [ZONE]: 'a', disk: 'ssd' } }), zoned('b1', 'b')], {
      a1: [web('1')],
    });
    const spec = { nodeSelector: { disk: 'ssd' } };
    expect(verdicts(spread, spreading({}, { spec }), cluster)).toMatchObject({ a1: 'ok' });
    expect(verdicts(spread, spreading({ nodeAffinityPolicy: 'Ignore' }, { spec }), cluster)).toMatchObject({
      a1: SKEWED,
    });
  });

  it('counts tainted hosts, unless told to honour taints', () => {
    const taints = [{ key: 'gone', effect: 'NoSchedule' }];
    const cluster = testCluster([zoned('a1', 'a'), zoned('b1', 'b', { labels: { [ZONE]: 'b' }, taints })], {
      a1: [web('1')],
    });
    expect(verdicts(spread, spreading({}), cluster)).toMatchObject({ a1: SKEWED });
    expect(verdicts(spread, spreading({ nodeTaintsPolicy: 'Honor' }), cluster)).toMatchObject({ a1: 'ok' });
  });

  it('counts only Pods that share its labels of matchLabelKeys', () => {
    const cluster = testCluster(nodes, { a1: [web('1', { labels: { ...labels, rev: '1' } })] });
    const pod = (rev: string) => spreading({ matchLabelKeys: ['rev', 'absent'] }, { labels: { ...labels, rev } });
    expect(verdicts(spread, pod('1'), cluster)).toMatchObject({ a1: SKEWED });
    expect(verdicts(spread, pod('2'), cluster)).toMatchObject({ a1: 'ok' });
  });

  it('sees Pods that are imagined away or in', () => {
    const cluster = testCluster(nodes, { a1: [web('1')] });
    const filter = spread.filter!(cluster.info(spreading({})), cluster)!;
    if (filter.kind !== 'filter') throw new Error('expected a filter');
    const a1 = cluster.node('a1')!;
    filter.podRemoved!(cluster.info(web('1')), a1);
    expect(filter.refuse(a1)).toBeUndefined();
    filter.podAdded!(cluster.info(web('1')), a1);
    expect(filter.refuse(a1)?.reasons).toEqual([SKEWED]);
  });

  it('has no objection to Pods without hard constraints', () => {
    expect(
      spread.filter!(testCluster(nodes).info(spreading({ whenUnsatisfiable: 'ScheduleAnyway' })), testCluster(nodes)),
    ).toBeUndefined();
  });
});

describe('PodTopologySpread scores', () => {
  const soft = { whenUnsatisfiable: 'ScheduleAnyway' };

  it('weighs counts by the logarithm of the number of domains and adds the skew allowed', () => {
    const cluster = testCluster([zoned('a1', 'a'), zoned('b1', 'b')], { a1: [web('1'), web('2')], b1: [web('3')] });
    const raw = scores(spread, spreading({ ...soft, maxSkew: 3 }), cluster, true);
    expect(raw).toEqual({ a1: Math.round(2 * Math.log(4) + 2), b1: Math.round(1 * Math.log(4) + 2) });
  });

  it('counts by host for the hostname', () => {
    const cluster = testCluster([zoned('a1', 'a'), zoned('a2', 'a')], { a1: [web('1')] });
    const pod = spreading({ ...soft, topologyKey: 'kubernetes.io/hostname' });
    expect(scores(spread, pod, cluster, true)).toEqual({ a1: Math.round(Math.log(4)), a2: 0 });
    expect(scores(spread, pod, cluster)).toEqual({ a1: 0, a2: 100 });
  });

  it('gives nothing to hosts without the label', () => {
    const cluster = testCluster([zoned('a1', 'a'), testNode('nowhere')]);
    expect(scores(spread, spreading(soft), cluster)).toEqual({ a1: 100, nowhere: 0 });
  });

  it('spreads Pods that bring no constraints by what selects them', () => {
    const cluster = testCluster([zoned('a1', 'a'), testNode('nowhere')], { a1: [web('1')] });
    expect(scores(spread, web('new'), cluster)).toEqual({});
    cluster.workloads.setService({ metadata: { namespace: 'default', name: 'web' }, spec: { selector: labels } });
    // By host (skew 3), and by zone (skew 5), of which `no zone` is one, though nothing is scored for it.
    const a1 = Math.round(Math.log(4) + 2 + Math.log(4) + 4);
    expect(scores(spread, web('new'), cluster, true)).toEqual({ a1, nowhere: 2 });
    cluster.workloads.deleteService({ metadata: { namespace: 'default', name: 'web' } });
    expect(scores(spread, web('new'), cluster)).toEqual({});
  });

  it('takes defaults of an administrator, which ask for all labels', () => {
    const plugin = podTopologySpread([...SYSTEM_DEFAULTS]);
    const cluster = testCluster([zoned('a1', 'a'), testNode('nowhere')], { a1: [web('1')] });
    cluster.workloads.setService({ metadata: { namespace: 'default', name: 'web' }, spec: { selector: labels } });
    expect(scores(plugin, web('new'), cluster)).toEqual({ a1: 100, nowhere: 0 });
  });
});

describe('normalizeSpread', () => {
  it.each([
    [
      [0, 0],
      [100, 100],
    ],
    [
      [1, 3],
      [100, 33],
    ],
    [
      [2, 2],
      [100, 100],
    ],
    [
      [0, 7, 3],
      [100, 0, 57],
    ],
  ])('%j becomes %j', (raw, expected) => {
    const all = Float64Array.from(raw);
    normalizeSpread(all, () => false);
    expect([...all]).toEqual(expected);
  });

  it('gives ignored hosts nothing and leaves them out of the rest', () => {
    const all = Float64Array.from([0, 2, 4]);
    normalizeSpread(all, (index) => index === 0);
    expect([...all]).toEqual([0, 100, 50]);
  });
});
