/** The Pods of a namespace that a selector matches, without a look at all the others. */
import type { Informer, Pod, Selector } from '../kube/index.ts';
import { BY_LABEL, BY_NAMESPACE, isGrouping, labelIndex } from './caches.ts';

/** Goes by the label value that fewest Pods have; only a selector without any equality sees the whole namespace. */
export function selectedPods(pods: Informer<Pod>, namespace: string, selector: Selector): readonly Pod[] {
  const candidates = selector.requirements
    .filter(({ key, operator, values }) => isEquality(operator, values) && isGrouping(key))
    .map(({ key, values }) => pods.byIndex(BY_LABEL, labelIndex(namespace, key, values[0]!)));
  const fewest = candidates.sort((a, b) => a.length - b.length)[0] ?? pods.byIndex(BY_NAMESPACE, namespace);
  return fewest.filter((pod) => selector.matches(pod.metadata.labels));
}

function isEquality(operator: string, values: readonly string[]): boolean {
  return operator === '=' || operator === '==' || (operator === 'in' && values.length === 1);
}
