import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meta, pod, START } from '../../../control/fixture.ts';
import type { PodDisruptionBudget, policy } from '../../../kube/index.ts';
import { disruptionStatus, needsControllers, untilForgotten } from './plan.ts';

const now = START + 60_000;
const budget = (
  spec: policy.PodDisruptionBudgetSpec,
  status?: policy.PodDisruptionBudgetStatus,
): PodDisruptionBudget => ({
  metadata: meta('web'),
  spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  ...(status && { status }),
});
const pods = (healthy: number, sick = 0) => [
  ...Array.from({ length: healthy }, () => pod({ ready: true })),
  ...Array.from({ length: sick }, () => pod()),
];

describe('disruptionStatus', () => {
  it.each([
    [{ minAvailable: 2 }, 3, 0, 2, 1],
    [{ minAvailable: 3 }, 3, 0, 3, 0],
    [{ minAvailable: '50%' }, 5, 0, 3, 2],
    [{ maxUnavailable: 1 }, 4, 1, 4, 0],
    [{ maxUnavailable: '25%' }, 4, 0, 3, 1],
    [{ maxUnavailable: 10 }, 3, 0, 0, 3],
    [{ minAvailable: 1 }, 0, 2, 1, 0],
  ])('%j with %i healthy and %i sick wants %i and allows %i', (spec, healthy, sick, desired, allowed) => {
    const status = disruptionStatus(budget(spec), pods(healthy, sick), healthy + sick, now);
    expect(status).toMatchObject({ desiredHealthy: desired, disruptionsAllowed: allowed, currentHealthy: healthy });
    expect(status.conditions![0]!.reason).toBe(allowed > 0 ? 'SufficientPods' : 'InsufficientPods');
  });

  it('does not count a Pod that is being evicted, until that has failed', () => {
    const all = pods(3);
    const evicted = { [all[0]!.metadata.name]: '2026-01-01T00:00:30Z' };
    const before = {
      expectedPods: 3,
      desiredHealthy: 1,
      currentHealthy: 3,
      disruptionsAllowed: 2,
      disruptedPods: evicted,
    };
    const one = budget({ minAvailable: 1 }, before);
    const status = disruptionStatus(one, all, 3, now);
    expect(status).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1, disruptedPods: evicted });
    expect(untilForgotten(status, now)).toBe(90_000);
    expect(disruptionStatus(one, all, 3, now + 91_000)).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 2 });
  });

  it('allows nothing when it cannot tell how many there should be', () => {
    const status = disruptionStatus(budget({ maxUnavailable: 1 }), pods(3), { fault: 'why' }, now);
    expect(status.disruptionsAllowed).toBe(0);
    expect(status.conditions).toMatchObject([
      { type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: 'why' },
    ]);
  });

  it('never allows more than would leave what is wanted', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), fc.nat(100), (healthy, sick, percent) => {
        const status = disruptionStatus(
          budget({ minAvailable: `${percent}%` }),
          pods(healthy, sick),
          healthy + sick,
          now,
        );
        const left = healthy - status.disruptionsAllowed;
        if (status.disruptionsAllowed > 0) expect(left * 100).toBeGreaterThanOrEqual((healthy + sick) * percent);
      }),
    );
  });
});

describe('needsControllers', () => {
  it('is so for everything but a plain number of available Pods', () => {
    expect(
      [{ minAvailable: 1 }, { minAvailable: '10%' }, { maxUnavailable: 1 }].map((spec) =>
        needsControllers(budget(spec)),
      ),
    ).toEqual([false, true, true]);
  });
});
