/** The Pods of a namespace that a selector matches, without a look at all the others. */
import type { Informer, Pod, Selector } from '../kube/index.ts';
import { BY_LABEL, BY_NAMESPACE, isGrouping, labelIndex } from './caches.ts';

/** Goes by the label whose values fewest Pods have; only a selector that names no value sees the whole namespace. */
export function selectedPods(pods: Informer<Pod>, namespace: string, selector: Selector): readonly Pod[] {
  const withValue = (key: string, value: string) => pods.byIndex(BY_LABEL, labelIndex(namespace, key, value));
  const candidates = selector.requirements
    .filter(({ key, operator }) => NAMING.has(operator) && isGrouping(key))
    .map(({ key, values }) => [...new Set(values)].flatMap((value) => withValue(key, value)));
  const fewest = candidates.sort((a, b) => a.length - b.length)[0] ?? pods.byIndex(BY_NAMESPACE, namespace);
  return fewest.filter((pod) => selector.matches(pod.metadata.labels));
}

/** A label has one value, so the Pods of several values are all different. */
const NAMING: ReadonlySet<string> = new Set(['=', '==', 'in']);
