/** Selectors are compiled once for each object as read: informers hand out the same object until it changes. */
import { type LabelSelector, NOTHING, type Selector, selectorOf } from '../kube/index.ts';

const compiled = new WeakMap<object, Selector>();

type Source = LabelSelector | Readonly<Record<string, string>>;

/** Of a LabelSelector or a map. Empty ones select nothing: no workload may take hold of a whole namespace. */
export function workloadSelector(source: Source | undefined): Selector {
  if (!source) return NOTHING;
  const known = compiled.get(source);
  if (known) return known;
  const selector = selectorOf(source);
  const safe = selector.requirements.length === 0 ? NOTHING : selector;
  compiled.set(source, safe);
  return safe;
}
