/** Pods that want to be near to, or far from, other Pods: by host, zone or any other domain. */
import type { AffinityTerm } from '../affinity-term.ts';
import type { Cluster } from '../cluster.ts';
import type { SlotCounts } from '../match-counts.ts';
import type { NodeInfo } from '../node-info.ts';
import { normalizeByRange } from '../normalize.ts';
import { type NodeFilter, type NodeScorer, type Plugin, refusal } from '../plugin.ts';
import type { PodInfo } from '../pod-info.ts';
import { allOf } from '../pod-matcher.ts';

const NAME = 'InterPodAffinity';
const NOT_NEAR = refusal(NAME, 'UnschedulableAndUnresolvable', "node(s) didn't match pod affinity rules");
const TOO_NEAR = refusal(NAME, 'Unschedulable', "node(s) didn't match pod anti-affinity rules");
const UNWELCOME = refusal(NAME, 'Unschedulable', "node(s) didn't satisfy existing pods anti-affinity rules");

export interface InterPodAffinityOptions {
  /** What a required affinity term of a placed Pod weighs when hosts are scored for a Pod that it means. @default 1 */
  readonly hardPodAffinityWeight?: number;
  /** Score by the newcomer's own preferences only, when it has none of them at all. @default false */
  readonly ignorePreferredTermsOfExistingPods?: boolean;
}

export function interPodAffinity(options: InterPodAffinityOptions = {}): Plugin {
  return {
    name: NAME,
    filter: affinityFilter,
    scorer: (pod, cluster) => affinityScorer(pod, cluster, options),
  };
}

/** A number for each value of each topology key. */
class TopologyPairs {
  readonly #keys = new Map<string, Map<string, number>>();

  /** A host without the key belongs to no domain of it. */
  add(key: string, node: NodeInfo, amount: number): void {
    const value = node.facts.labels[key];
    if (value === undefined) return;
    const values = this.#keys.get(key) ?? new Map<string, number>();
    const sum = (values.get(value) ?? 0) + amount;
    if (sum === 0) values.delete(value);
    else values.set(value, sum);
    if (values.size === 0) this.#keys.delete(key);
    else this.#keys.set(key, values);
  }

  of(key: string, node: NodeInfo): number {
    const value = node.facts.labels[key];
    return value === undefined ? 0 : (this.#keys.get(key)?.get(value) ?? 0);
  }

  sumOf(node: NodeInfo): number {
    let sum = 0;
    for (const [key, values] of this.#keys) {
      const value = node.facts.labels[key];
      if (value !== undefined) sum += values.get(value) ?? 0;
    }
    return sum;
  }

  get size(): number {
    return this.#keys.size;
  }
}

function affinityFilter(pod: PodInfo, cluster: Cluster): NodeFilter | undefined {
  const { required = [], requiredAnti = [] } = pod.class.affinity ?? {};
  const wanted = required.length > 0 ? allOf(required.map(({ matcher }) => matcher)) : undefined;
  const near = new TopologyPairs();
  const far = new TopologyPairs();
  const repelled = new TopologyPairs();
  const { bySlot } = cluster;
  for (const { topologyKey } of required) addCounts(near, topologyKey, cluster.countsOf(wanted!), bySlot, 1);
  for (const { topologyKey, matcher } of requiredAnti)
    addCounts(far, topologyKey, cluster.countsOf(matcher), bySlot, 1);
  for (const { term, holders } of cluster.holders.meaning(pod, 'requiredAnti', cluster.namespaceLabels)) {
    addCounts(repelled, term.topologyKey, holders, bySlot, 1);
  }
  if (required.length + requiredAnti.length + repelled.size === 0) return undefined;
  const mentionsSelf = wanted?.matches(pod, cluster.namespaceLabels) ?? false;
  const imagine = (other: PodInfo, node: NodeInfo, times: 1 | -1) => {
    if (wanted?.matches(other, cluster.namespaceLabels)) {
      for (const { topologyKey } of required) near.add(topologyKey, node, times);
    }
    for (const { topologyKey, matcher } of requiredAnti) {
      if (matcher.matches(other, cluster.namespaceLabels)) far.add(topologyKey, node, times);
    }
    for (const { topologyKey, matcher } of other.class.affinity?.requiredAnti ?? []) {
      if (matcher.matches(pod, cluster.namespaceLabels)) repelled.add(topologyKey, node, times);
    }
  };
  return {
    kind: 'filter',
    refuse(node) {
      if (!isNear(required, node, near, mentionsSelf)) return NOT_NEAR;
      if (requiredAnti.some(({ topologyKey }) => far.of(topologyKey, node) > 0)) return TOO_NEAR;
      // Counts are never negative, so any sum above zero means that some domain of the host repels the Pod.
      return repelled.size > 0 && repelled.sumOf(node) > 0 ? UNWELCOME : undefined;
    },
    podAdded: (other, node) => imagine(other, node, 1),
    podRemoved: (other, node) => imagine(other, node, -1),
  };
}

/** Every term needs a Pod in its domain. The first Pod of a group that wants to be near itself may go anywhere labelled. */
function isNear(terms: readonly AffinityTerm[], node: NodeInfo, near: TopologyPairs, mentionsSelf: boolean): boolean {
  if (terms.length === 0) return true;
  if (!terms.every(({ topologyKey }) => node.facts.labels[topologyKey] !== undefined)) return false;
  if (terms.every(({ topologyKey }) => near.of(topologyKey, node) > 0)) return true;
  return near.size === 0 && mentionsSelf;
}

function affinityScorer(pod: PodInfo, cluster: Cluster, options: InterPodAffinityOptions): NodeScorer | undefined {
  const { hardPodAffinityWeight = 1, ignorePreferredTermsOfExistingPods = false } = options;
  const { preferred = [], preferredAnti = [] } = pod.class.affinity ?? {};
  if (ignorePreferredTermsOfExistingPods && preferred.length + preferredAnti.length === 0) return undefined;
  const pairs = new TopologyPairs();
  const { bySlot } = cluster;
  const own = (terms: readonly AffinityTerm[], sign: 1 | -1) => {
    for (const { topologyKey, matcher, weight } of terms) {
      addCounts(pairs, topologyKey, cluster.countsOf(matcher), bySlot, sign * weight);
    }
  };
  const others = (kind: 'required' | 'preferred' | 'preferredAnti', weightOf: (term: AffinityTerm) => number) => {
    for (const { term, holders } of cluster.holders.meaning(pod, kind, cluster.namespaceLabels)) {
      addCounts(pairs, term.topologyKey, holders, bySlot, weightOf(term));
    }
  };
  own(preferred, 1);
  own(preferredAnti, -1);
  if (hardPodAffinityWeight > 0) others('required', () => hardPodAffinityWeight);
  others('preferred', ({ weight }) => weight);
  others('preferredAnti', ({ weight }) => -weight);
  if (pairs.size === 0) return undefined;
  return { score: (node) => pairs.sumOf(node), normalize: normalizeByRange };
}

function addCounts(
  pairs: TopologyPairs,
  key: string,
  counts: SlotCounts,
  bySlot: readonly (NodeInfo | undefined)[],
  factor: number,
): void {
  for (const [slot, count] of counts) pairs.add(key, bySlot[slot]!, count * factor);
}
