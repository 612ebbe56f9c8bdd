import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pod, replicaSet, START } from '../../../control/fixture.ts';
import { isActive } from '../../../control/index.ts';
import { planReplicaSet, replicaSetStatus } from './plan.ts';

const now = START + 60_000;
const none = () => [];

describe('planReplicaSet', () => {
  it('creates what is missing, counting neither finished nor leaving Pods', () => {
    const pods = [pod(), pod({ phase: 'Failed' }), pod({ leaving: true })];
    expect(planReplicaSet(replicaSet('web', 3), pods, none, now)).toEqual({ create: 2, remove: [] });
  });

  it('does nothing when it is leaving itself', () => {
    const set = replicaSet('web', 3, {}, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(planReplicaSet(set, [], none, now)).toEqual({ create: 0, remove: [] });
  });

  it('writes no more than 500 Pods at once', () => {
    expect(planReplicaSet(replicaSet('web', 2000), [], none, now).create).toBe(500);
  });

  it('always ends at the wished number, never creating and deleting at once', () => {
    const fixture = fc.record({
      ready: fc.boolean(),
      leaving: fc.boolean(),
      phase: fc.constantFrom('Running', 'Failed', 'Pending'),
    });
    fc.assert(
      fc.property(fc.array(fixture, { maxLength: 12 }), fc.nat(12), (fixtures, replicas) => {
        const pods = fixtures.map(pod);
        const plan = planReplicaSet(replicaSet('web', replicas), pods, () => pods, now);
        expect(Math.min(plan.create, plan.remove.length)).toBe(0);
        expect(plan.remove.every(isActive)).toBe(true);
        expect(pods.filter(isActive).length + plan.create - plan.remove.length).toBe(replicas);
      }),
    );
  });
});

describe('replicaSetStatus', () => {
  it('counts Pods that exist, are ready, are available and carry all labels of the template', () => {
    const pods = [
      pod({ ready: true, readyAt: 0 }),
      pod({ ready: true, readyAt: 55_000 }),
      pod({ metadata: { labels: { other: 'x' } } }),
      pod({ phase: 'Succeeded' }),
    ];
    expect(replicaSetStatus(replicaSet('web', 3, {}, { minReadySeconds: 10 }), pods, now)).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 1,
      observedGeneration: 1,
    });
  });

  it('tells of a refusal, and takes it back when it is over', () => {
    const failed = { reason: 'FailedCreate', message: 'quota' } as const;
    const refused = replicaSetStatus(replicaSet('web', 1), [], now, failed);
    expect(refused.conditions).toMatchObject([{ type: 'ReplicaFailure', status: 'True', ...failed }]);
    expect(replicaSetStatus(replicaSet('web', 1, refused), [], now).conditions).toBeUndefined();
  });
});
