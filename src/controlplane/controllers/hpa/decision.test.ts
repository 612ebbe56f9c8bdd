import { describe, expect, it } from 'vitest';
import { decide, needsMetrics } from './decision.ts';
import type { Failure, Proposal } from './evaluation.ts';
import { newHistory } from './history.ts';

const START = Date.UTC(2026, 0, 1);
const spec = { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas: 10 };
const cpu = (replicas: number, name = 'cpu'): Proposal => ({
  kind: 'proposal',
  replicas,
  name,
  status: { type: 'Resource', resource: { name, current: {} } },
});
const failed: Failure = {
  kind: 'failure',
  reason: 'FailedGetPodsMetric',
  fault: 'nobody knows',
  summary: 'failed to get pods metric value: nobody knows',
};

function ask(currentReplicas: number, evaluations: (Proposal | Failure)[] = []) {
  return decide({
    spec,
    currentReplicas,
    evaluations,
    history: newHistory(currentReplicas, START - 600_000),
    now: START,
  });
}
const conditions = (decision: ReturnType<typeof ask>) =>
  decision.verdicts.map(({ type, status, reason }) => `${type}=${status} ${reason}`);

describe('a target outside its bounds', () => {
  it('is brought back, whatever the metrics say', () => {
    expect(ask(12)).toMatchObject({
      replicas: 10,
      rescale: true,
      reason: 'Current number of replicas above Spec.MaxReplicas',
    });
    expect(ask(1)).toMatchObject({
      replicas: 2,
      rescale: true,
      reason: 'Current number of replicas below Spec.MinReplicas',
    });
    expect([1, 2, 10, 11].map((replicas) => needsMetrics(spec, replicas))).toEqual([false, true, true, false]);
  });

  it('is left alone at zero', () => {
    const decision = ask(0);
    expect(decision).toMatchObject({ replicas: 0, rescale: false });
    expect(conditions(decision)).toEqual(['ScalingActive=False ScalingDisabled']);
  });
});

describe('several metrics', () => {
  it('the one that asks for most decides', () => {
    const decision = ask(4, [cpu(3), cpu(6, 'memory'), cpu(5)]);
    expect(decision).toMatchObject({ replicas: 6, rescale: true, reason: 'memory above target' });
    expect(decision.verdicts[0]?.message).toBe(
      'the HPA was able to successfully calculate a replica count from memory',
    );
    expect(decision.metrics).toHaveLength(3);
  });

  it('one that failed does not stand in the way of growth', () => {
    expect(ask(4, [failed, cpu(6)])).toMatchObject({
      replicas: 6,
      fault: 'invalid metrics (1 invalid out of 2), first error is: failed to get pods metric value: nobody knows',
      metrics: [{ type: '' }, { type: 'Resource' }],
    });
  });

  it('but of shrinking', () => {
    const decision = ask(4, [cpu(3), failed]);
    expect(decision).toMatchObject({ replicas: 4, rescale: false, blocked: true });
    expect(decision.verdicts).toEqual([
      {
        type: 'ScalingActive',
        status: 'False',
        reason: 'FailedGetPodsMetric',
        message: 'the HPA was unable to compute the replica count: nobody knows',
      },
    ]);
  });

  it('nothing is done where all fail', () => {
    expect(ask(4, [failed, failed])).toMatchObject({ blocked: true, replicas: 4 });
  });
});

it('a target that is right is not scaled', () => {
  const decision = ask(4, [cpu(4)]);
  expect(decision).toMatchObject({ replicas: 4, rescale: false });
  expect(conditions(decision)).toEqual([
    'ScalingActive=True ValidMetricFound',
    'AbleToScale=True ReadyForNewScale',
    'ScalingLimited=False DesiredWithinRange',
  ]);
});

it('fewer replicas are said to follow from all metrics', () => {
  expect(ask(6, [cpu(2)])).toMatchObject({ replicas: 2, reason: 'All metrics below target' });
});
