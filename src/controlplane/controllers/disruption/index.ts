/** Keeps the status of PodDisruptionBudgets, by which evictions are allowed. */

import {
  BY_NAMESPACE,
  createLoop,
  type Env,
  isFinished,
  isReady,
  type Loop,
  type Reconciled,
  requeue,
  sameJson,
  sameStatus,
  selectedPods,
} from '../../../control/index.ts';
import {
  keyOf,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type Pod,
  type PodDisruptionBudget,
  type Selector,
  selectorOf,
} from '../../../kube/index.ts';
import { disruptionStatus, needsControllers, untilForgotten } from './plan.ts';
import { ScaleFinder } from './scale-finder.ts';

/** Changes of Pods are gathered for this long. */
const BATCH_MS = 100;

export function disruptionController(env: Env): Loop {
  const budgets = env.caches.of(POD_DISRUPTION_BUDGETS);
  const pods = env.caches.of(PODS);
  const scales = new ScaleFinder(env);
  const recorder = env.recorder('controllermanager');
  const selectors = new WeakMap<PodDisruptionBudget, Selector>();
  const loop = createLoop(env, 'disruption', reconcile, 5);

  budgets.onChange({ add: (budget) => loop.enqueue(keyOf(budget)), update: (budget) => loop.enqueue(keyOf(budget)) });
  pods.onChange({
    add: tell,
    update: (pod, old) => differs(pod, old) && [pod, old].forEach(tell),
    delete: tell,
  });
  return loop;

  function tell(pod: Pod): void {
    for (const budget of budgets.byIndex(BY_NAMESPACE, pod.metadata.namespace ?? '')) {
      if (selectorFor(budget).matches(pod.metadata.labels)) loop.enqueue(keyOf(budget), BATCH_MS);
    }
  }

  /** Unlike a workload's, an empty selector takes in the whole namespace. */
  function selectorFor(budget: PodDisruptionBudget): Selector {
    const selector = selectors.get(budget) ?? selectorOf(budget.spec.selector ?? {});
    selectors.set(budget, selector);
    return selector;
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const budget = budgets.get(key);
    if (!budget || budget.metadata.deletionTimestamp) return undefined;
    const selector = selectorFor(budget);
    const own = selectedPods(pods, budget.metadata.namespace ?? '', selector).filter((pod) => !isFinished(pod));
    if (own.length === 0) recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    const expected = needsControllers(budget) ? await scales.expected(own) : own.length;
    if (typeof expected === 'object') {
      const message = `Failed to calculate the number of expected pods: ${expected.fault}`;
      recorder.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', message);
    }
    const status = disruptionStatus(budget, own, expected, env.clock.now());
    if (!sameStatus(status, budget.status)) {
      await env.client.replace(POD_DISRUPTION_BUDGETS, { ...budget, status }, { subresource: 'status' });
    }
    return requeue(untilForgotten(status, env.clock.now()));
  }
}

function differs(pod: Pod, old: Pod): boolean {
  return (
    isReady(pod) !== isReady(old) ||
    isFinished(pod) !== isFinished(old) ||
    pod.metadata.deletionTimestamp !== old.metadata.deletionTimestamp ||
    !sameJson(pod.metadata.labels, old.metadata.labels)
  );
}
