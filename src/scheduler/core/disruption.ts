/** Which Pods may not be disturbed any more without breaking a PodDisruptionBudget. */
import type { PodDisruptionBudget } from '../../kube/index.ts';
import type { PodInfo } from './pod-info.ts';
import { readable } from './pod-matcher.ts';

/** Splits the Pods, in their order: each one taken uses up its budgets for those after it. */
export function splitByBudget(
  pods: readonly PodInfo[],
  budgets: Iterable<PodDisruptionBudget>,
): { violating: PodInfo[]; free: PodInfo[] } {
  const left = [...budgets].map((budget) => ({ ...read(budget), allowed: budget.status?.disruptionsAllowed ?? 0 }));
  const violating: PodInfo[] = [];
  const free: PodInfo[] = [];
  for (const pod of pods) {
    let violates = false;
    for (const budget of left) {
      if (!budget.covers(pod)) continue;
      budget.allowed--;
      violates ||= budget.allowed < 0;
    }
    (violates ? violating : free).push(pod);
  }
  return { violating, free };
}

/** A budget with an empty selector covers nothing, and neither does any a Pod that is being evicted already. */
function read({ metadata, spec, status }: PodDisruptionBudget): { covers(pod: PodInfo): boolean } {
  const selector = readable(spec.selector);
  const disrupted = status?.disruptedPods ?? {};
  if (selector.requirements.length === 0) return { covers: () => false };
  return {
    covers: (pod) =>
      pod.namespace === metadata.namespace &&
      Object.keys(pod.labels).length > 0 &&
      selector.matches(pod.labels) &&
      disrupted[pod.pod.metadata.name] === undefined,
  };
}
