import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meta, type PodFixture, pod, START } from '../../../control/fixture.ts';
import type { apps, Pod, StatefulSet } from '../../../kube/index.ts';
import { claimOwners, claimsOf, REVISION, statefulPod } from './identity.ts';
import { needsCurrent, planStatefulSet, type Step } from './plan.ts';
import { statefulSetStatus } from './status.ts';

const now = START + 60_000;
const same = { current: 'web-1', update: 'web-1' };
const rolling = { current: 'web-1', update: 'web-2' };

function set(spec: Partial<apps.StatefulSetSpec> = {}, status?: Partial<apps.StatefulSetStatus>): StatefulSet {
  return {
    metadata: meta('web'),
    spec: {
      replicas: 3,
      serviceName: 'web',
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'web:1' }] } },
      ...spec,
    },
    ...(status && { status: { replicas: 0, ...status } }),
  };
}

function replica(ordinal: number, fixture: PodFixture & { revision?: string } = {}): Pod {
  const labels = {
    app: 'web',
    'statefulset.kubernetes.io/pod-name': `web-${ordinal}`,
    'apps.kubernetes.io/pod-index': String(ordinal),
    [REVISION]: fixture.revision ?? 'web-1',
  };
  return pod({ name: `web-${ordinal}`, ready: true, ...fixture, metadata: { labels } });
}

const words = (steps: readonly Step[]) =>
  steps.map((step) => {
    if (step.kind === 'create') return `create ${step.ordinal}${step.updated ? '' : ' current'}`;
    return `${step.kind} ${step.pod.metadata.name}${step.kind === 'delete' ? ` ${step.reason}` : ''}`;
  });

describe('planStatefulSet', () => {
  const unready = { ready: false };
  const cases: [string, Partial<apps.StatefulSetSpec>, Pod[], string[]][] = [
    ['starts with the first', {}, [], ['create 0']],
    ['goes on when the one before is ready', {}, [replica(0)], ['create 1']],
    ['waits for one that is not ready', {}, [replica(0, unready)], []],
    ['waits for one that is leaving', {}, [replica(0, { leaving: true }), replica(1)], []],
    ['fills a gap', {}, [replica(0), replica(2)], ['create 1']],
    ['replaces one that failed', {}, [replica(0, { phase: 'Failed' })], ['delete web-0 failed']],
    ['starts all at once if Parallel', { podManagementPolicy: 'Parallel' }, [], ['create 0', 'create 1', 'create 2']],
    ['counts from the start ordinal', { ordinals: { start: 5 } }, [replica(5)], ['create 6']],
    ['takes the highest first', { replicas: 1 }, [replica(0), replica(1), replica(2)], ['delete web-2 condemned']],
    ['does not shrink before all is well', { replicas: 1 }, [replica(0, unready), replica(1)], []],
    [
      'takes an unhealthy one when it is the first',
      { replicas: 1 },
      [replica(0), replica(1, unready)],
      ['delete web-1 condemned'],
    ],
    [
      'waits while a lower condemned one is unhealthy',
      { replicas: 1 },
      [replica(0), replica(1, unready), replica(2, unready)],
      [],
    ],
    [
      'shrinks all at once if Parallel',
      { replicas: 1, podManagementPolicy: 'Parallel' },
      [replica(0), replica(1), replica(2)],
      ['delete web-2 condemned', 'delete web-1 condemned'],
    ],
    ['rests when all is well', {}, [replica(0), replica(1), replica(2)], []],
    ['waits until the one before is available', { minReadySeconds: 30 }, [replica(0, { readyAt: 40_000 })], []],
    [
      'mends missing labels',
      { replicas: 1 },
      [pod({ name: 'web-0', ready: true, metadata: { labels: { [REVISION]: 'web-1' } } })],
      ['repair web-0'],
    ],
    [
      'sees to the claims of one that is pending',
      { replicas: 1 },
      [replica(0, { phase: 'Pending', ready: false })],
      ['repair web-0'],
    ],
  ];
  it.each(cases)('%s', (_, spec, pods, expected) => {
    expect(words(planStatefulSet(set(spec), pods, same, now))).toEqual(expected);
  });

  const three = [replica(0), replica(1), replica(2)];
  const update = (rollingUpdate: object) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
  const updates: [string, Partial<apps.StatefulSetSpec>, Pod[], string[]][] = [
    ['takes the highest outdated one', {}, three, ['delete web-2 outdated']],
    ['goes on downwards', {}, [replica(0), replica(1), replica(2, { revision: 'web-2' })], ['delete web-1 outdated']],
    ['waits for the updated one', {}, [replica(0), replica(1), replica(2, { revision: 'web-2', ready: false })], []],
    [
      'stops at the partition',
      update({ partition: 2 }),
      [replica(0), replica(1), replica(2, { revision: 'web-2' })],
      [],
    ],
    [
      'takes two at once where two may be missing',
      update({ maxUnavailable: 2 }),
      three,
      ['delete web-2 outdated', 'delete web-1 outdated'],
    ],
    ['leaves it to the user on OnDelete', { updateStrategy: { type: 'OnDelete' } }, three, []],
    [
      'spares the available while another is missing, but takes what is broken and outdated',
      { podManagementPolicy: 'Parallel' },
      [replica(0), replica(1, { ready: false }), replica(2)],
      ['delete web-1 outdated'],
    ],
  ];
  it.each(updates)('rolling out, %s', (_, spec, pods, expected) => {
    expect(words(planStatefulSet(set(spec), pods, rolling, now))).toEqual(expected);
  });

  it('makes a Pod below the partition from the current revision', () => {
    const spec = { replicas: 2, ...update({ partition: 1 }) };
    expect(words(planStatefulSet(set(spec), [], rolling, now))).toEqual(['create 0 current']);
    expect(words(planStatefulSet(set(spec), [replica(0)], rolling, now))).toEqual(['create 1']);
  });

  it('in order, takes at most one step and only past healthy Pods; it ends with what is wished', () => {
    fc.assert(
      fc.property(
        fc.nat(5),
        fc.nat(5),
        fc.boolean(),
        fc.infiniteStream(fc.nat(3)),
        (before, replicas, updating, luck) => {
          const wished = set({ replicas });
          const revisions = updating ? rolling : same;
          const world = new Map(Array.from({ length: before }, (_, i) => [i, { ready: true, revision: 'web-1' }]));
          for (let round = 0; round < 200; round++) {
            const pods = [...world].map(([ordinal, state]) => replica(ordinal, state));
            const steps = planStatefulSet(wished, pods, revisions, now);
            expect(steps.length).toBeLessThanOrEqual(1);
            const broken = [...world.values()].filter((state) => !state.ready).length;
            const idle = steps.length === 0 && broken === 0;
            if (idle) {
              expect([...world.keys()].sort()).toEqual(Array.from({ length: replicas }, (_, i) => i));
              expect([...world.values()].every((state) => state.revision === revisions.update)).toBe(true);
              return;
            }
            for (const step of steps) {
              if (step.kind === 'create') {
                for (let i = 0; i < step.ordinal; i++) expect(world.get(i)?.ready).toBe(true);
                world.set(step.ordinal, { ready: false, revision: revisions.update });
              } else if (step.kind === 'delete') {
                expect(broken).toBe(0);
                world.delete(Number(step.pod.metadata.name.slice(4)));
              }
            }
            if (luck.next().value === 0 || steps.length === 0) for (const state of world.values()) state.ready = true;
          }
          expect.fail('no end');
        },
      ),
    );
  });
});

describe('needsCurrent', () => {
  it('follows the partition, counted from the first ordinal', () => {
    const partitioned = set({
      ordinals: { start: 3 },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
    });
    expect([3, 4].map((ordinal) => needsCurrent(partitioned, ordinal))).toEqual([true, false]);
  });
});

describe('statefulSetStatus', () => {
  it('counts by revision', () => {
    const pods = [replica(0), replica(1, { ready: false, revision: 'web-2' }), replica(2, { leaving: true })];
    expect(statefulSetStatus(set(), pods, rolling, now, undefined)).toMatchObject({
      replicas: 3,
      readyReplicas: 2,
      currentReplicas: 1,
      updatedReplicas: 1,
      currentRevision: 'web-1',
      updateRevision: 'web-2',
    });
  });

  it('makes the new revision the current one when all Pods have it', () => {
    const pods = [0, 1, 2].map((ordinal) => replica(ordinal, { revision: 'web-2' }));
    expect(statefulSetStatus(set(), pods, rolling, now, undefined)).toMatchObject({
      currentRevision: 'web-2',
      currentReplicas: 3,
    });
  });
});

describe('identity', () => {
  const stored = set({
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }],
  });

  it('names the Pod, its host name and its claims by ordinal', () => {
    const made = statefulPod(stored, 2, { revision: 'web-1', template: stored.spec.template });
    expect(made.metadata).toMatchObject({
      name: 'web-2',
      labels: { app: 'web', 'apps.kubernetes.io/pod-index': '2', [REVISION]: 'web-1' },
    });
    expect(made.spec).toMatchObject({
      hostname: 'web-2',
      subdomain: 'web',
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-web-2' } }],
    });
    expect(claimsOf(stored, 2).map((claim) => claim.metadata.name)).toEqual(['data-web-2']);
  });

  it.each([
    ['Retain', 'Retain', 0, []],
    ['Delete', 'Retain', 0, ['StatefulSet']],
    ['Retain', 'Delete', 0, []],
    ['Retain', 'Delete', 7, ['Pod']],
    ['Delete', 'Delete', 7, ['Pod']],
    ['Delete', 'Retain', 7, ['StatefulSet']],
  ])('claims when deleted %s, when scaled %s, of Pod %i belong to %j', (whenDeleted, whenScaled, ordinal, kinds) => {
    const wished = set({ persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled } });
    const claim = { metadata: meta(`data-web-${ordinal}`), spec: {} };
    const mine = replica(ordinal);
    const owners = claimOwners(wished, claim, mine) ?? [];
    expect(owners.map((owner) => owner.kind)).toEqual(kinds);
    const settled = { ...claim, metadata: { ...claim.metadata, ownerReferences: owners } };
    expect(claimOwners(wished, settled, mine)).toBeUndefined();
  });
});
