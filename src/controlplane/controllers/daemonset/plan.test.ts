import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meta, type PodFixture, pod, START } from '../../../control/fixture.ts';
import type { apps, core, DaemonSet, Node, Pod } from '../../../kube/index.ts';
import { daemonTolerations, judgeNode } from './node-match.ts';
import { allowances, daemonSetStatus, lookAt, planDaemonSet } from './plan.ts';
import { daemonPod, HASH, targetOf } from './target.ts';

const now = START + 60_000;

function daemonSet(spec: Partial<apps.DaemonSetSpec> = {}, podSpec: Partial<core.PodSpec> = {}): DaemonSet {
  return {
    metadata: meta('agent'),
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image: 'web:1' }], ...podSpec },
      },
      ...spec,
    },
  };
}
const node = (name: string, spec: Node['spec'] = {}, labels: Record<string, string> = {}): Node => ({
  metadata: meta(name, { labels }),
  spec,
});
const daemon = (on: string, fixture: PodFixture & { hash?: string } = {}): Pod =>
  pod({
    ready: true,
    node: on,
    ...fixture,
    metadata: { labels: { app: 'web', [HASH]: fixture.hash ?? 'v1' }, ...fixture.metadata },
  });
const taint = (effect: string, key = 'dedicated') => ({ taints: [{ key, effect }] });

function plan(set: DaemonSet, nodes: Node[], pods: Pod[]) {
  const { create, remove } = planDaemonSet(lookAt(set, nodes, pods, 'v1', now));
  return [...create.map((name) => `+${name}`), ...remove.map((r) => `-${targetOf(r.pod)} ${r.reason}`)];
}

describe('judgeNode', () => {
  it.each([
    ['a plain host', daemonSet(), node('a'), [true, true]],
    ['one it does not tolerate', daemonSet(), node('a', taint('NoSchedule')), [false, true]],
    ['one that drives it out', daemonSet(), node('a', taint('NoExecute')), [false, false]],
    ['one that would rather not', daemonSet(), node('a', taint('PreferNoSchedule')), [true, true]],
    ['a cordoned one', daemonSet(), node('a', taint('NoSchedule', 'node.kubernetes.io/unschedulable')), [true, true]],
    ['one that is not ready', daemonSet(), node('a', taint('NoExecute', 'node.kubernetes.io/not-ready')), [true, true]],
    ['one without its label', daemonSet({}, { nodeSelector: { disk: 'ssd' } }), node('a'), [false, false]],
    [
      'one with its label',
      daemonSet({}, { nodeSelector: { disk: 'ssd' } }),
      node('a', {}, { disk: 'ssd' }),
      [true, true],
    ],
    ['another than its own', daemonSet({}, { nodeName: 'b' }), node('a'), [false, false]],
  ])('%s', (_, set, host, [shouldRun, mayStay]) => {
    expect(judgeNode(set, host, daemonTolerations(set.spec.template.spec!))).toEqual({ shouldRun, mayStay });
  });

  it('reads node affinity: terms are alternatives, conditions of a term all hold', () => {
    const terms = (nodeSelectorTerms: core.NodeSelectorTerm[]) =>
      daemonSet(
        {},
        { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } },
      );
    const host = node('a', {}, { cores: '64' });
    const should = (set: DaemonSet) => judgeNode(set, host, []).shouldRun;
    expect(should(terms([{ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['32'] }] }]))).toBe(true);
    expect(should(terms([{}]))).toBe(false);
    expect(
      should(
        terms([
          { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['b'] }] },
          { matchExpressions: [{ key: 'cores', operator: 'Exists' }] },
        ]),
      ),
    ).toBe(true);
  });
});

describe('planDaemonSet', () => {
  const hosts = [node('a'), node('b'), node('c')];
  const surging = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } };
  const cases: [string, Partial<apps.DaemonSetSpec>, Node[], Pod[], string[]][] = [
    ['creates where there is none', {}, hosts, [daemon('b')], ['+a', '+c']],
    ['waits for one that is leaving', {}, [node('a')], [daemon('a', { leaving: true })], []],
    ['replaces one that failed', {}, [node('a')], [daemon('a', { phase: 'Failed' })], ['-a failed']],
    [
      'keeps the oldest of several',
      {},
      [node('a')],
      [daemon('a', { metadata: { creationTimestamp: '2026-01-02T00:00:00Z' } }), daemon('a')],
      ['-a surplus'],
    ],
    ['takes Pods off hosts that drive them out', {}, [node('a', taint('NoExecute'))], [daemon('a')], ['-a surplus']],
    ['leaves Pods on hosts that only take no more', {}, [node('a', taint('NoSchedule'))], [daemon('a')], []],
    ['updates one at a time', {}, hosts, hosts.map((h) => daemon(h.metadata.name, { hash: 'v0' })), ['-a outdated']],
    [
      'waits for the updated one',
      {},
      hosts,
      [daemon('a', { ready: false }), daemon('b', { hash: 'v0' }), daemon('c', { hash: 'v0' })],
      [],
    ],
    [
      'replaces outdated ones that are down at no cost',
      {},
      hosts,
      [daemon('a'), daemon('b', { hash: 'v0', ready: false }), daemon('c', { hash: 'v0' })],
      ['-b outdated'],
    ],
    [
      'leaves updates to the user on OnDelete',
      { updateStrategy: { type: 'OnDelete' } },
      [node('a')],
      [daemon('a', { hash: 'v0' })],
      [],
    ],
    ['surges: first the new one', surging, hosts, hosts.map((h) => daemon(h.metadata.name, { hash: 'v0' })), ['+a']],
    [
      'surges: waits for the new one',
      surging,
      [node('a')],
      [daemon('a', { hash: 'v0' }), daemon('a', { ready: false })],
      [],
    ],
    ['surges: then the old one goes', surging, [node('a')], [daemon('a', { hash: 'v0' }), daemon('a')], ['-a surplus']],
  ];
  it.each(cases)('%s', (_, spec, nodes, pods, expected) => {
    expect(plan(daemonSet(spec), nodes, pods)).toEqual(expected);
  });

  it('forgets Pods meant for hosts that are no more', () => {
    const lost = pod({ spec: daemonPod(daemonSet(), 'gone', 'v1', 'agent-x').spec });
    expect(plan(daemonSet(), [node('a')], [daemon('a'), lost])).toEqual(['-gone surplus']);
  });

  it('never takes more available Pods than may be missing', () => {
    const state = fc.record({ hash: fc.constantFrom('v0', 'v1'), ready: fc.boolean(), leaving: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(state, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        (states, maxUnavailable) => {
          const nodes = states.map((_, i) => node(`n${i}`));
          const pods = states.map((fixture, i) => daemon(`n${i}`, fixture));
          const set = daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable } } });
          const { remove } = planDaemonSet(lookAt(set, nodes, pods, 'v1', now));
          const up = states.filter((s) => s.ready && !s.leaving).length;
          const lost = remove.filter(({ pod: gone }) => gone.status!.conditions![0]!.status === 'True').length;
          expect(lost).toBeLessThanOrEqual(Math.max(0, maxUnavailable - (states.length - up)));
        },
      ),
    );
  });
});

describe('daemonSetStatus', () => {
  it('counts hosts', () => {
    const nodes = [node('a'), node('b'), node('c', taint('NoSchedule'))];
    const pods = [daemon('a'), daemon('c')];
    expect(daemonSetStatus(lookAt(daemonSet(), nodes, pods, 'v1', now), undefined)).toEqual({
      desiredNumberScheduled: 2,
      currentNumberScheduled: 1,
      numberMisscheduled: 1,
      numberReady: 1,
      updatedNumberScheduled: 1,
      numberAvailable: 1,
      numberUnavailable: 1,
      observedGeneration: 1,
    });
  });
});

describe('daemonPod', () => {
  it('is meant for one host, keeps preferences, and bears the usual troubles', () => {
    const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [] };
    const set = daemonSet({}, { affinity: { nodeAffinity: preferred }, hostNetwork: true });
    const made = daemonPod(set, 'a', 'v1', 'agent-x');
    expect(targetOf({ ...pod(), spec: made.spec })).toBe('a');
    expect(made.spec.affinity!.nodeAffinity).toMatchObject(preferred);
    expect(made.spec.tolerations).toHaveLength(7);
    expect(made.metadata.labels).toEqual({ app: 'web', [HASH]: 'v1' });
  });
});

describe('allowances', () => {
  it('lets one be missing where nothing else is said', () => {
    expect(allowances(daemonSet(), 10)).toEqual({ surge: 0, unavailable: 1 });
  });
});
