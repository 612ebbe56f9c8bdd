/** Tells, host by host and plugin by plugin, how a decision about a Pod comes about. */
import { type Decider, refusalBeside } from './decider.ts';
import type { NodeInfo } from './node-info.ts';
import type { NodeFilter, Refusal } from './plugin.ts';
import type { PodInfo } from './pod-info.ts';

export interface Explanation {
  readonly pod: string;
  /** What spoke against every host at once. */
  readonly everywhere?: Refusal;
  /** Best host first, then those that refused. */
  readonly nodes: readonly NodeExplanation[];
}

export interface NodeExplanation {
  readonly node: string;
  /** All objections, not only the first. */
  readonly refusals: readonly Refusal[];
  /** Weighted sum; undefined where refused. */
  readonly total?: number;
  readonly scores: readonly PluginScore[];
}

export interface PluginScore {
  readonly plugin: string;
  readonly raw: number;
  /** 0..100 */
  readonly normalized: number;
  readonly weight: number;
}

export function explain(pod: PodInfo, decider: Decider): Explanation {
  const filters = decider.filters(pod);
  if ('reasons' in filters) return { pod: pod.key, everywhere: filters, nodes: [] };
  const { nodes, nominations } = decider.cluster;
  const objections = nodes.map((node) => {
    const nominees = nominations.binding(pod, node.name);
    return { node, refusals: refusalsOn(node, filters.all, nominees) };
  });
  const feasible = objections.filter(({ refusals }) => refusals.length === 0).map(({ node }) => node);
  const refused = objections.filter(({ refusals }) => refusals.length > 0);
  return {
    pod: pod.key,
    nodes: [
      ...scored(pod, feasible, decider).sort((a, b) => b.total! - a.total!),
      ...refused.map(({ node, refusals }) => ({ node: node.name, refusals, scores: [] })),
    ],
  };
}

/** As if the Pod were not placed yet and everything else as it is now. */
export function explainPlaced(key: string, decider: Decider): Explanation | undefined {
  const { cluster } = decider;
  const placed = cluster.placement(key);
  if (!placed) return undefined;
  const spec = { ...placed.pod.pod.spec, nodeName: undefined };
  cluster.deletePod(key);
  try {
    return explain({ ...placed.pod, pod: { ...placed.pod.pod, spec } }, decider);
  } finally {
    cluster.setPod(placed.pod, placed.nodeName);
  }
}

function refusalsOn(node: NodeInfo, filters: readonly NodeFilter[], nominees: readonly PodInfo[]): Refusal[] {
  const refusals = filters.flatMap((filter) => filter.refuse(node) ?? []);
  if (refusals.length > 0) return refusals;
  const refused = refusalBeside(nominees, node, filters);
  return refused ? [refused] : [];
}

function scored(pod: PodInfo, feasible: readonly NodeInfo[], decider: Decider): NodeExplanation[] {
  if (feasible.length === 0) return [];
  const columns = decider.scores(pod, feasible).map(({ plugin, weight, raw, scorer }) => {
    const normalized = raw.slice();
    scorer.normalize?.(normalized, feasible);
    return { plugin, weight, raw, normalized };
  });
  return feasible.map(({ name }, i) => {
    const scores = columns.map(({ plugin, weight, raw, normalized }) => {
      return { plugin, weight, raw: raw[i]!, normalized: normalized[i]! };
    });
    const total = scores.reduce((sum, { normalized, weight }) => sum + normalized * weight, 0);
    return { node: name, refusals: [], total, scores };
  });
}
