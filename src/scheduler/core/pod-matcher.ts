/** Which Pods a selector of one Pod means: by namespace and by label. Equal matchers have equal ids. */
import { type LabelSelector, NOTHING, type Selector, selectorOf } from '../../kube/index.ts';

/** What a matcher looks at. */
export interface MatchedPod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly terminating: boolean;
}

/** Labels of a namespace by name; an unknown namespace has none. */
export type NamespaceLabels = (namespace: string) => Readonly<Record<string, string>> | undefined;

export interface PodMatcher {
  readonly id: string;
  /** The only namespaces whose Pods can match; undefined when that depends on the namespaces' labels. */
  readonly namespaces?: ReadonlySet<string>;
  /** Labels of which every Pod that matches carries all, as `key=value`. */
  readonly pairs: readonly string[];
  matches(pod: MatchedPod, namespaceLabels: NamespaceLabels): boolean;
}

/** Pods of one namespace under a selector; those on their way out do not count. */
export function livePodMatcher(namespace: string, selector: Selector): PodMatcher {
  return {
    id: JSON.stringify(['live', namespace, textOf(selector)]),
    namespaces: new Set([namespace]),
    pairs: pairsOf(selector),
    matches: (pod) => pod.namespace === namespace && !pod.terminating && selector.matches(pod.labels),
  };
}

/** Pods under a selector in the named namespaces and in those that the namespace selector adds. */
export function termMatcher(
  namespaces: ReadonlySet<string>,
  selector: Selector,
  namespaceSelector?: Selector,
): PodMatcher {
  const id = JSON.stringify([[...namespaces].sort(), namespaceSelector && textOf(namespaceSelector), textOf(selector)]);
  const pairs = pairsOf(selector);
  if (!namespaceSelector) {
    return { id, namespaces, pairs, matches: (pod) => namespaces.has(pod.namespace) && selector.matches(pod.labels) };
  }
  return {
    id,
    pairs,
    matches: (pod, labelsOf) =>
      selector.matches(pod.labels) &&
      (namespaces.has(pod.namespace) || namespaceSelector.matches(labelsOf(pod.namespace) ?? {})),
  };
}

/** Pods that all of the matchers mean. */
export function allOf(matchers: readonly PodMatcher[]): PodMatcher {
  const [first, ...others] = matchers;
  if (first && others.length === 0) return first;
  const limited = matchers.flatMap(({ namespaces }) => (namespaces ? [namespaces] : []));
  return {
    id: JSON.stringify(['all', ...matchers.map(({ id }) => id)]),
    ...(limited.length > 0 && { namespaces: limited.reduce((a, b) => a.intersection(b)) }),
    pairs: matchers.flatMap(({ pairs }) => pairs),
    matches: (pod, labelsOf) => matchers.every((matcher) => matcher.matches(pod, labelsOf)),
  };
}

/**
 * The selector with equality on (or, for `mismatch`, difference from) the Pod's own labels of these keys added. Keys that
 * the Pod does not carry are passed over. A selector that cannot be read selects nothing: the API refuses such Pods.
 */
export function selectorWithKeys(
  source: LabelSelector | undefined,
  labels: Readonly<Record<string, string>>,
  matchKeys: readonly string[] = [],
  mismatchKeys: readonly string[] = [],
): Selector {
  if (!source) return NOTHING;
  const requirements = (keys: readonly string[], operator: string) =>
    keys.flatMap((key) => (labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]));
  const added = [...requirements(matchKeys, 'In'), ...requirements(mismatchKeys, 'NotIn')];
  return readable({ ...source, matchExpressions: [...(source.matchExpressions ?? []), ...added] });
}

export function readable(source: LabelSelector | Readonly<Record<string, string>> | undefined): Selector {
  try {
    return selectorOf(source);
  } catch {
    return NOTHING;
  }
}

export function pairOf(key: string, value: string): string {
  return `${key}=${value}`;
}

function pairsOf({ requirements }: Selector): string[] {
  return requirements
    .filter(({ operator, values }) => EQUALITY.has(operator) && values.length === 1)
    .map(({ key, values }) => pairOf(key, values[0]!));
}

const EQUALITY: ReadonlySet<string> = new Set(['=', '==', 'in']);

function textOf(selector: Selector): string {
  return selector === NOTHING ? '<nothing>' : selector.toString();
}
