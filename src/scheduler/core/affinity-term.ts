/** One term of a Pod's (anti-)affinity to other Pods, compiled. */
import type { core } from '../../kube/index.ts';
import { type PodMatcher, readable, selectorWithKeys, termMatcher } from './pod-matcher.ts';

export interface AffinityTerm {
  /** Equal for terms that mean the same. */
  readonly id: string;
  readonly topologyKey: string;
  readonly matcher: PodMatcher;
  /** 1..100 for preferred terms, 1 for required ones. */
  readonly weight: number;
}

export interface AffinityTerms {
  readonly required: readonly AffinityTerm[];
  readonly preferred: readonly AffinityTerm[];
  readonly requiredAnti: readonly AffinityTerm[];
  readonly preferredAnti: readonly AffinityTerm[];
}

export function affinityTerms(
  { podAffinity, podAntiAffinity }: core.Affinity,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): AffinityTerms {
  const one = (term: core.PodAffinityTerm, weight = 1) => compile(term, weight, namespace, labels);
  const weighted = ({ podAffinityTerm, weight }: core.WeightedPodAffinityTerm) => one(podAffinityTerm, weight);
  return {
    required: (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => one(term)),
    preferred: (podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(weighted),
    requiredAnti: (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => one(term)),
    preferredAnti: (podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(weighted),
  };
}

/** Neither namespaces nor a namespace selector means the Pod's own namespace. */
function compile(
  term: core.PodAffinityTerm,
  weight: number,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): AffinityTerm {
  const { namespaces = [], namespaceSelector, topologyKey } = term;
  const names = namespaces.length === 0 && !namespaceSelector ? [namespace] : namespaces;
  const selector = selectorWithKeys(term.labelSelector, labels, term.matchLabelKeys, term.mismatchLabelKeys);
  const matcher = termMatcher(new Set(names), selector, namespaceSelector && readable(namespaceSelector));
  return { id: JSON.stringify([topologyKey, weight, matcher.id]), topologyKey, matcher, weight };
}
