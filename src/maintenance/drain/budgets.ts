/** Which PodDisruptionBudgets speak of a Pod, and what they allow. */
import { type Pod, type PodDisruptionBudget, type Selector, selectorOf } from '../../kube/index.ts';

export interface Budget {
  /** `namespace/name` */
  readonly key: string;
  /** How many more of its Pods may go now. */
  readonly allowed: number;
  readonly covers: (pod: Pod) => boolean;
}

/** An absent selector selects nothing, an empty one all Pods of the namespace. */
export function budgetsFrom(objects: Iterable<PodDisruptionBudget>): Budget[] {
  return Array.from(objects, (object) => {
    const { namespace, name } = object.metadata;
    const selector: Selector = selectorOf(object.spec.selector);
    return {
      key: `${namespace}/${name}`,
      allowed: object.status?.disruptionsAllowed ?? 0,
      covers: (pod) => pod.metadata.namespace === namespace && selector.matches(pod.metadata.labels),
    };
  });
}

export function budgetsOf(pod: Pod, budgets: readonly Budget[]): Budget[] {
  return budgets.filter((budget) => budget.covers(pod));
}
