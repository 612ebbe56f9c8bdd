import { describe, expect, it } from 'vitest';
import type { core } from '../../../kube/index.ts';
import { scores, type TestPod, testCluster, testNode, testPod, verdicts } from '../test-cluster.ts';
import { interPodAffinity } from './inter-pod-affinity.ts';

const affinity = interPodAffinity();
const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const NOT_NEAR = "node(s) didn't match pod affinity rules";
const TOO_NEAR = "node(s) didn't match pod anti-affinity rules";
const UNWELCOME = "node(s) didn't satisfy existing pods anti-affinity rules";

const nodes = [
  testNode('a1', { labels: { [ZONE]: 'a' } }),
  testNode('a2', { labels: { [ZONE]: 'a' } }),
  testNode('b1', { labels: { [ZONE]: 'b' } }),
  testNode('nowhere'),
];
const app = (name: string, value: string, more: TestPod = {}) => testPod(name, { labels: { app: value }, ...more });
const term = (value: string, topologyKey = ZONE, more: Partial<core.PodAffinityTerm> = {}): core.PodAffinityTerm => {
  return { labelSelector: { matchLabels: { app: value } }, topologyKey, ...more };
};
const near = (...terms: core.PodAffinityTerm[]) => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
});
const far = (...terms: core.PodAffinityTerm[]) => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
});
const prefers = (weight: number, podAffinityTerm: core.PodAffinityTerm) => ({
  affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm }] } },
});
const avoids = (weight: number, podAffinityTerm: core.PodAffinityTerm) => ({
  affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm }] } },
});

describe('InterPodAffinity filters', () => {
  it('wants a matching Pod in the domain', () => {
    const cluster = testCluster(nodes, { a1: [app('db', 'db')] });
    expect(verdicts(affinity, app('p', 'web', { spec: near(term('db')) }), cluster)).toEqual({
      a1: 'ok',
      a2: 'ok',
      b1: NOT_NEAR,
      nowhere: NOT_NEAR,
    });
  });

  it('wants one Pod that all terms mean, for each term a domain', () => {
    const both = { labels: { app: 'db', tier: 'x' } };
    const cluster = testCluster(nodes, { a1: [testPod('1', both)], b1: [app('2', 'db')] });
    const second = { labelSelector: { matchLabels: { tier: 'x' } }, topologyKey: HOST };
    const pod = app('p', 'web', { spec: near(term('db'), second) });
    expect(verdicts(affinity, pod, cluster)).toMatchObject({ a1: 'ok', a2: NOT_NEAR, b1: NOT_NEAR });
  });

  it('lets the first Pod of a group that wants to be near itself go anywhere labelled', () => {
    const first = app('p', 'web', { spec: near(term('web')) });
    expect(verdicts(affinity, first, testCluster(nodes))).toEqual({ a1: 'ok', a2: 'ok', b1: 'ok', nowhere: NOT_NEAR });
    const lonely = app('p', 'db', { spec: near(term('web')) });
    expect(verdicts(affinity, lonely, testCluster(nodes))).toMatchObject({ a1: NOT_NEAR, b1: NOT_NEAR });
  });

  it('wants no matching Pod in the domain', () => {
    const cluster = testCluster(nodes, { a1: [app('1', 'web')] });
    const pod = (key: string) => app('p', 'web', { spec: far(term('web', key)) });
    expect(verdicts(affinity, pod(ZONE), cluster)).toEqual({ a1: TOO_NEAR, a2: TOO_NEAR, b1: 'ok', nowhere: 'ok' });
    expect(verdicts(affinity, pod(HOST), cluster)).toMatchObject({ a1: TOO_NEAR, a2: 'ok' });
  });

  it('respects those who are there and do not want this Pod near', () => {
    const cluster = testCluster(nodes, { a1: [app('1', 'db', { spec: far(term('web')) })] });
    expect(verdicts(affinity, app('p', 'web'), cluster)).toMatchObject({ a1: UNWELCOME, a2: UNWELCOME, b1: 'ok' });
    expect(verdicts(affinity, app('p', 'other'), cluster)).toMatchObject({ a1: 'ok' });
    cluster.deletePod('default/1');
    expect(verdicts(affinity, app('p', 'web'), cluster)).toMatchObject({ a1: 'ok' });
  });

  it('means the own namespace, the named ones, or those with the labels', () => {
    const cluster = testCluster(nodes, { a1: [app('1', 'web', { namespace: 'prod' })] });
    cluster.setNamespace('prod', { env: 'prod' });
    const verdict = (more: Partial<core.PodAffinityTerm>) => {
      const pod = app('p', 'web', { spec: far(term('web', ZONE, more)) });
      return (verdicts(affinity, pod, cluster) as Record<string, string>).a1;
    };
    expect(verdict({})).toBe('ok');
    expect(verdict({ namespaces: ['prod'] })).toBe(TOO_NEAR);
    expect(verdict({ namespaceSelector: {} })).toBe(TOO_NEAR);
    expect(verdict({ namespaceSelector: { matchLabels: { env: 'prod' } } })).toBe(TOO_NEAR);
    expect(verdict({ namespaceSelector: { matchLabels: { env: 'test' } } })).toBe('ok');
    cluster.setNamespace('prod', { env: 'test' });
    expect(verdict({ namespaceSelector: { matchLabels: { env: 'test' } } })).toBe(TOO_NEAR);
  });

  it('narrows selectors by the own values of matchLabelKeys and widens them by mismatchLabelKeys', () => {
    const labels = { app: 'web', rev: '1' };
    const cluster = testCluster(nodes, { a1: [testPod('1', { labels })] });
    const verdict = (rev: string, more: Partial<core.PodAffinityTerm>) => {
      const pod = testPod('p', { labels: { app: 'web', rev }, spec: far(term('web', ZONE, more)) });
      return (verdicts(affinity, pod, cluster) as Record<string, string>).a1;
    };
    expect(verdict('1', { matchLabelKeys: ['rev'] })).toBe(TOO_NEAR);
    expect(verdict('2', { matchLabelKeys: ['rev'] })).toBe('ok');
    expect(verdict('1', { mismatchLabelKeys: ['rev'] })).toBe('ok');
    expect(verdict('2', { mismatchLabelKeys: ['rev'] })).toBe(TOO_NEAR);
  });

  it('means nobody without a label selector', () => {
    const cluster = testCluster(nodes, { a1: [app('1', 'web')] });
    expect(verdicts(affinity, app('p', 'web', { spec: far({ topologyKey: ZONE }) }), cluster)).toMatchObject({
      a1: 'ok',
    });
  });
});

describe('InterPodAffinity scores', () => {
  it('adds the weight for every matching Pod of the domain, and takes it for those to avoid', () => {
    const cluster = testCluster(nodes, { a1: [app('1', 'db'), app('2', 'db')], b1: [app('3', 'db')] });
    const liking = app('p', 'web', { spec: prefers(10, term('db')) });
    expect(scores(affinity, liking, cluster, true)).toEqual({ a1: 20, a2: 20, b1: 10, nowhere: 0 });
    expect(scores(affinity, liking, cluster)).toEqual({ a1: 100, a2: 100, b1: 50, nowhere: 0 });
    const shy = app('p', 'web', { spec: avoids(10, term('db')) });
    expect(scores(affinity, shy, cluster)).toEqual({ a1: 0, a2: 0, b1: 50, nowhere: 100 });
  });

  it('listens to those who are there, whose required terms weigh little', () => {
    const cluster = testCluster(nodes, {
      a1: [app('1', 'db', { spec: prefers(7, term('web')) }), app('2', 'db', { spec: near(term('web')) })],
      b1: [app('3', 'db', { spec: avoids(5, term('web')) })],
    });
    expect(scores(affinity, app('p', 'web'), cluster, true)).toEqual({ a1: 8, a2: 8, b1: -5, nowhere: 0 });
    const strict = interPodAffinity({ hardPodAffinityWeight: 100 });
    expect(scores(strict, app('p', 'web'), cluster, true)).toMatchObject({ a1: 107 });
    const selfish = interPodAffinity({ ignorePreferredTermsOfExistingPods: true });
    expect(scores(selfish, app('p', 'web'), cluster)).toEqual({});
  });

  it('has nothing to say when nobody prefers anything', () => {
    expect(scores(affinity, app('p', 'web'), testCluster(nodes, { a1: [app('1', 'web')] }))).toEqual({});
  });
});
