/**
 * What a scheduling plugin is. It looks once at the Pod and the cluster and answers with an object that is then asked host
 * by host; whatever it worked out in between lives in that object's closure and ends with the decision.
 */
import type { Cluster } from './cluster.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

export const MAX_SCORE = 100;

/**
 * Why a host cannot take a Pod. `Unschedulable`: removing Pods from it might help. `UnschedulableAndUnresolvable`: nothing
 * that happens on this host's Pods will.
 */
export interface Refusal {
  readonly kind: 'refusal';
  readonly plugin: string;
  readonly code: 'Unschedulable' | 'UnschedulableAndUnresolvable';
  /** In upstream's words: people and tools search for them. */
  readonly reasons: readonly string[];
}

export interface NodeFilter {
  readonly kind: 'filter';
  /** The only hosts that can do, when the plugin knows them beforehand. */
  readonly only?: ReadonlySet<string>;
  /** Undefined when the host can take the Pod. */
  refuse(node: NodeInfo): Refusal | undefined;
  /**
   * Another Pod is imagined on the host from now on, or away from it; the NodeInfo given to `refuse` already shows it.
   * Only filters that look beyond one host need this. The two must be exact inverses.
   */
  podAdded?(pod: PodInfo, node: NodeInfo): void;
  podRemoved?(pod: PodInfo, node: NodeInfo): void;
}

export interface NodeScorer {
  score(node: NodeInfo): number;
  /** Brings the scores of all feasible hosts to 0..100, in place. Without it they are already. */
  normalize?(scores: Float64Array, nodes: readonly NodeInfo[]): void;
}

export interface Plugin {
  readonly name: string;
  /**
   * The answers for a host depend on nothing but the Pod's class and that one host, so they may be kept until the host
   * changes.
   */
  readonly local?: boolean;
  /** A Refusal means that no host at all can do; undefined, that this plugin has no objection to any. */
  filter?(pod: PodInfo, cluster: Cluster): NodeFilter | Refusal | undefined;
  /** `feasible` are the hosts that passed all filters. Undefined means that all get nothing. */
  scorer?(pod: PodInfo, cluster: Cluster, feasible: readonly NodeInfo[]): NodeScorer | undefined;
}

export function refusal(plugin: string, code: Refusal['code'], ...reasons: string[]): Refusal {
  return Object.freeze({ kind: 'refusal', plugin, code, reasons: Object.freeze(reasons) });
}
