/** How many Pods of a PodDisruptionBudget may be taken away now. */

import { isReady, scaled } from '../../../control/index.ts';
import { type Pod, type PodDisruptionBudget, type policy, rfc3339 } from '../../../kube/index.ts';

/** An eviction that has not led to a deletion after this long has failed; its Pod counts again. */
export const DISRUPTION_MS = 2 * 60_000;

/** The number of Pods that there should be: those there are, or what their controllers ask for. */
export function needsControllers({ spec }: PodDisruptionBudget): boolean {
  return spec.maxUnavailable !== undefined || typeof spec.minAvailable === 'string';
}

export function desiredHealthy({ spec }: PodDisruptionBudget, expected: number): number {
  if (spec.maxUnavailable !== undefined) return Math.max(0, expected - scaled(spec.maxUnavailable, expected, 'up'));
  return scaled(spec.minAvailable, expected, 'up');
}

/** `expected` undefined: it cannot be told, so nothing may be disrupted. */
export function disruptionStatus(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  expected: number | { readonly fault: string },
  now: number,
): policy.PodDisruptionBudgetStatus {
  const disruptedPods = stillDisrupted(budget, pods, now);
  if (typeof expected === 'object') return failed(budget, expected.fault, now);
  const desired = desiredHealthy(budget, expected);
  const healthy = pods.filter((pod) => isHealthy(pod) && !(pod.metadata.name in disruptedPods)).length;
  const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
  return {
    observedGeneration: budget.metadata.generation,
    expectedPods: expected,
    desiredHealthy: desired,
    currentHealthy: healthy,
    disruptionsAllowed: allowed,
    ...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
    conditions: withCondition(
      budget,
      allowed > 0 ? 'True' : 'False',
      allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      '',
      now,
    ),
  };
}

/** Milliseconds until the first failed eviction is forgotten. */
export function untilForgotten(status: policy.PodDisruptionBudgetStatus, now: number): number | undefined {
  const times = Object.values(status.disruptedPods ?? {}).map((time) => Date.parse(time) + DISRUPTION_MS - now);
  return times.length > 0 ? Math.max(0, Math.min(...times)) : undefined;
}

function failed(budget: PodDisruptionBudget, fault: string, now: number): policy.PodDisruptionBudgetStatus {
  const { expectedPods = 0, desiredHealthy: desired = 0, currentHealthy = 0, disruptedPods } = budget.status ?? {};
  return {
    observedGeneration: budget.metadata.generation,
    expectedPods,
    desiredHealthy: desired,
    currentHealthy,
    disruptionsAllowed: 0,
    ...(disruptedPods && { disruptedPods }),
    conditions: withCondition(budget, 'False', 'SyncFailed', fault, now),
  };
}

function isHealthy(pod: Pod): boolean {
  return !pod.metadata.deletionTimestamp && isReady(pod);
}

function stillDisrupted({ status }: PodDisruptionBudget, pods: readonly Pod[], now: number): Record<string, string> {
  const there = new Set(pods.filter((pod) => !pod.metadata.deletionTimestamp).map((pod) => pod.metadata.name));
  const entries = Object.entries(status?.disruptedPods ?? {});
  return Object.fromEntries(
    entries.filter(([name, time]) => there.has(name) && Date.parse(time) + DISRUPTION_MS > now),
  );
}

function withCondition(budget: PodDisruptionBudget, value: string, reason: string, message: string, now: number) {
  const all = budget.status?.conditions ?? [];
  const before = all.find(({ type }) => type === 'DisruptionAllowed');
  const lastTransitionTime = before?.status === value ? before.lastTransitionTime : rfc3339(now);
  const observedGeneration = budget.metadata.generation;
  const condition = {
    type: 'DisruptionAllowed',
    status: value,
    reason,
    message,
    lastTransitionTime,
    observedGeneration,
  };
  return [...all.filter((other) => other !== before), condition];
}
