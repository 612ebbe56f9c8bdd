import { describe, expect, it } from 'vitest';
import { replicaSet, START } from '../../../control/fixture.ts';
import type { apps } from '../../../kube/index.ts';
import { deployment } from './fixture.ts';
import { isComplete, pauseConditions, rolloutStatus, untilDeadline } from './status.ts';

const now = START + 60_000;
const progressing = (status: string, reason: string, at = '2026-01-01T00:00:00Z'): apps.DeploymentCondition => ({
  type: 'Progressing',
  status,
  reason,
  message: '',
  lastUpdateTime: at,
  lastTransitionTime: at,
});
const reasons = (status: apps.DeploymentStatus) =>
  Object.fromEntries((status.conditions ?? []).map((c) => [c.type, `${c.status} ${c.reason}`]));

describe('rolloutStatus', () => {
  const current = replicaSet('web-2', 10, { replicas: 10, readyReplicas: 10, availableReplicas: 10 });

  it('is complete when all Pods are new and available', () => {
    const status = rolloutStatus(deployment(), { current, old: [] }, now);
    expect(status).toMatchObject({ replicas: 10, updatedReplicas: 10, availableReplicas: 10, unavailableReplicas: 0 });
    expect(reasons(status)).toEqual({
      Available: 'True MinimumReplicasAvailable',
      Progressing: 'True NewReplicaSetAvailable',
    });
    expect(status.conditions!.at(-1)!.message).toBe('ReplicaSet "web-2" has successfully progressed.');
    expect(isComplete(deployment(), status)).toBe(true);
  });

  it('makes progress when more Pods are there than before', () => {
    const half = replicaSet('web-2', 10, { replicas: 5, readyReplicas: 0 });
    const status = rolloutStatus(deployment(), { current: half, old: [] }, now);
    expect(reasons(status)).toEqual({
      Available: 'False MinimumReplicasUnavailable',
      Progressing: 'True ReplicaSetUpdated',
    });
  });

  const stuck = { replicas: 5, updatedReplicas: 5, readyReplicas: 0, availableReplicas: 0 };
  it('is late when nothing has happened until the deadline', () => {
    const half = replicaSet('web-2', 10, { replicas: 5 });
    const before = { ...stuck, conditions: [progressing('True', 'ReplicaSetUpdated')] };
    const waiting = deployment({}, before);
    expect(reasons(rolloutStatus(waiting, { current: half, old: [] }, now)).Progressing).toBe('True ReplicaSetUpdated');
    const late = rolloutStatus(waiting, { current: half, old: [] }, START + 601_000);
    expect(reasons(late).Progressing).toBe('False ProgressDeadlineExceeded');
    expect(untilDeadline(waiting, before, now)).toBe(541_000);
    expect(untilDeadline(waiting, late, now)).toBeUndefined();
  });

  it('knows no deadline where none is set', () => {
    const status = rolloutStatus(deployment({ progressDeadlineSeconds: 2 ** 31 - 1 }), { current, old: [] }, now);
    expect(reasons(status)).toEqual({ Available: 'True MinimumReplicasAvailable' });
  });

  it('passes on what the ReplicaSet could not do', () => {
    const condition = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' };
    const failing = replicaSet('web-2', 10, { conditions: [condition] });
    expect(reasons(rolloutStatus(deployment(), { current: failing, old: [] }, now)).ReplicaFailure).toBe(
      'True FailedCreate',
    );
  });
});

describe('pauseConditions', () => {
  it.each([
    ['pauses', true, 'ReplicaSetUpdated', 'DeploymentPaused'],
    ['resumes', false, 'DeploymentPaused', 'DeploymentResumed'],
    ['says nothing twice', true, 'DeploymentPaused', undefined],
    ['leaves a failed rollout as it is', true, 'ProgressDeadlineExceeded', undefined],
  ])('%s', (_, paused, before, after) => {
    const d = deployment({ paused }, { conditions: [progressing('True', before)] });
    expect(pauseConditions(d, now)?.at(-1)?.reason).toBe(after);
  });
});
