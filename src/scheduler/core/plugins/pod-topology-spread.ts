/** Spreads Pods over zones, hosts and other domains: hard constraints filter, soft ones score. */
import type { Cluster } from '../cluster.ts';
import type { SlotCounts } from '../match-counts.ts';
import type { NodeInfo } from '../node-info.ts';
import { MAX_SCORE, type NodeFilter, type NodeScorer, type Plugin, refusal } from '../plugin.ts';
import type { PodInfo } from '../pod-info.ts';
import {
  type DefaultConstraint,
  defaultConstraints,
  HOSTNAME,
  type SpreadConstraint,
  SYSTEM_DEFAULTS,
} from '../spread-constraint.ts';
import { REPELLING, untoleratedTaint } from '../toleration.ts';
import { NOWHERE, type Topology } from '../topologies.ts';

const NAME = 'PodTopologySpread';
const SKEWED = refusal(NAME, 'Unschedulable', "node(s) didn't match pod topology spread constraints");
const UNLABELLED = refusal(
  NAME,
  'UnschedulableAndUnresolvable',
  "node(s) didn't match pod topology spread constraints (missing required label)",
);

/** `defaults` hold for Pods without constraints of their own. */
export function podTopologySpread(defaults: readonly DefaultConstraint[] = SYSTEM_DEFAULTS): Plugin {
  const constraintsOf = (pod: PodInfo, cluster: Cluster, hard: boolean) => {
    const own = pod.class.spreadConstraints;
    if (own.length > 0) return own.filter((constraint) => constraint.hard === hard);
    const wanted = defaults.filter(({ whenUnsatisfiable }) => (whenUnsatisfiable === 'DoNotSchedule') === hard);
    if (wanted.length === 0) return [];
    return defaultConstraints(wanted, pod.namespace, cluster.workloads.selectorOf(pod.pod));
  };
  return {
    name: NAME,
    filter(pod, cluster) {
      const constraints = constraintsOf(pod, cluster, true);
      return constraints.length === 0 ? undefined : spreadFilter(pod, cluster, constraints);
    },
    scorer(pod, cluster, feasible) {
      const constraints = constraintsOf(pod, cluster, false);
      if (constraints.length === 0) return undefined;
      const needsAllLabels = pod.class.spreadConstraints.length > 0 || defaults !== SYSTEM_DEFAULTS;
      return spreadScorer(pod, cluster, feasible, constraints, needsAllLabels);
    },
  };
}

/** Matching Pods a domain, with the least of them at hand. */
class Domains {
  readonly #counts = new Map<string, number>();
  readonly #minDomains: number;
  #min: number | undefined;

  constructor(minDomains: number) {
    this.#minDomains = minDomains;
  }

  add(domain: string, count: number): void {
    this.#counts.set(domain, (this.#counts.get(domain) ?? 0) + count);
    this.#min = undefined;
  }

  of(domain: string): number {
    return this.#counts.get(domain) ?? 0;
  }

  /** Nothing while there are fewer domains than there should be. */
  get min(): number {
    this.#min ??= this.#counts.size < this.#minDomains ? 0 : smallest(this.#counts.values());
    return this.#min;
  }
}

function smallest(values: Iterable<number>): number {
  let min = Number.POSITIVE_INFINITY;
  for (const value of values) if (value < min) min = value;
  return min;
}

function spreadFilter(pod: PodInfo, cluster: Cluster, constraints: readonly SpreadConstraint[]): NodeFilter {
  const parts = constraints.map((constraint) => ({
    constraint,
    domains: new Domains(constraint.minDomains),
    self: constraint.selector.matches(pod.labels) ? 1 : 0,
    counts: cluster.countsOf(constraint.matcher),
  }));
  for (const node of cluster.nodes) {
    if (!hasAllLabels(node, constraints)) continue;
    for (const { constraint, domains, counts } of parts) {
      if (!isIncluded(pod, node, constraint)) continue;
      domains.add(node.facts.labels[constraint.topologyKey]!, counts.get(node.slot) ?? 0);
    }
  }
  const imagine = (other: PodInfo, node: NodeInfo, times: 1 | -1) => {
    if (!hasAllLabels(node, constraints)) return;
    for (const { constraint, domains } of parts) {
      if (!constraint.matcher.matches(other, cluster.namespaceLabels) || !isIncluded(pod, node, constraint)) continue;
      domains.add(node.facts.labels[constraint.topologyKey]!, times);
    }
  };
  return {
    kind: 'filter',
    refuse(node) {
      for (const { constraint, domains, self } of parts) {
        const domain = node.facts.labels[constraint.topologyKey];
        if (domain === undefined) return UNLABELLED;
        if (domains.of(domain) + self - domains.min > constraint.maxSkew) return SKEWED;
      }
      return undefined;
    },
    podAdded: (other, node) => imagine(other, node, 1),
    podRemoved: (other, node) => imagine(other, node, -1),
  };
}

function spreadScorer(
  pod: PodInfo,
  cluster: Cluster,
  feasible: readonly NodeInfo[],
  constraints: readonly SpreadConstraint[],
  needsAllLabels: boolean,
): NodeScorer {
  const isIgnored = (node: NodeInfo) => needsAllLabels && !hasAllLabels(node, constraints);
  const scored = needsAllLabels ? feasible.filter((node) => !isIgnored(node)) : feasible;
  const parts = constraints.map((constraint) => {
    const counts = cluster.countsOf(constraint.matcher);
    const topology = cluster.topology(constraint.topologyKey);
    const perHost = constraint.topologyKey === HOSTNAME;
    const sums = perHost ? undefined : domainSums(pod, cluster, scored, { constraint, counts, topology, isIgnored });
    const weight = Math.log((sums?.domains ?? scored.length) + 2);
    return { maxSkew: constraint.maxSkew, domains: topology.domains, counts, sums: sums?.byDomain, weight };
  });
  return {
    score(node) {
      if (isIgnored(node)) return 0;
      let score = 0;
      for (const { maxSkew, domains, counts, sums, weight } of parts) {
        const domain = domains[node.slot]!;
        if (domain === NOWHERE) continue;
        const count = sums ? sums[domain]! : (counts.get(node.slot) ?? 0);
        score += count * weight + (maxSkew - 1);
      }
      return Math.round(score);
    },
    normalize: (scores, nodes) => normalizeSpread(scores, (i) => isIgnored(nodes[i]!)),
  };
}

interface Part {
  readonly constraint: SpreadConstraint;
  readonly counts: SlotCounts;
  readonly topology: Topology;
  isIgnored(node: NodeInfo): boolean;
}

/** Matching Pods in each domain that has a host to be scored, and how many domains those are; others do not matter. */
function domainSums(pod: PodInfo, cluster: Cluster, scored: readonly NodeInfo[], part: Part) {
  const { constraint, counts, topology, isIgnored } = part;
  const byDomain = new Float64Array(topology.size);
  const isScored = new Uint8Array(topology.size);
  for (const { slot } of scored) isScored[topology.domains[slot]!] = 1;
  for (const [slot, count] of counts) {
    const node = cluster.bySlot[slot]!;
    const domain = topology.domains[slot]!;
    if (isScored[domain] && !isIgnored(node) && isIncluded(pod, node, constraint)) byDomain[domain]! += count;
  }
  return { byDomain, domains: isScored.reduce((sum, one) => sum + one, 0) };
}

/** Few matching Pods are good; ignored hosts get nothing. */
export function normalizeSpread(scores: Float64Array, isIgnored: (index: number) => boolean): void {
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (let i = 0; i < scores.length; i++) {
    if (isIgnored(i)) continue;
    min = Math.min(min, scores[i]!);
    max = Math.max(max, scores[i]!);
  }
  for (let i = 0; i < scores.length; i++) {
    if (isIgnored(i)) scores[i] = 0;
    else scores[i] = max === 0 ? MAX_SCORE : Math.trunc((MAX_SCORE * (max + min - scores[i]!)) / max);
  }
}

function hasAllLabels(node: NodeInfo, constraints: readonly SpreadConstraint[]): boolean {
  for (const { topologyKey } of constraints) if (node.facts.labels[topologyKey] === undefined) return false;
  return true;
}

function isIncluded(pod: PodInfo, { facts }: NodeInfo, constraint: SpreadConstraint): boolean {
  const { requiredNodes, tolerations } = pod.class;
  if (constraint.honorNodeAffinity && requiredNodes && !requiredNodes.matches(facts)) return false;
  return !constraint.honorTaints || !untoleratedTaint(facts.taints, tolerations, REPELLING);
}
