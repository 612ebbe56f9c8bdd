/** The scheduling cycle: which host takes a Pod, or why none does. Decides only; nothing in the cluster changes. */
import type { Cluster } from './cluster.ts';
import type { Diagnosis } from './diagnosis.ts';
import { firstRefusal, LocalResults, type LocalTable } from './local-results.ts';
import type { NodeInfo } from './node-info.ts';
import { type NodeFilter, type NodeScorer, type Plugin, type Refusal, refusal } from './plugin.ts';
import type { PodInfo } from './pod-info.ts';
import { defaultProfile, type Profile } from './profile.ts';
import { type Random, seededRandom } from './random.ts';

export interface Placement {
  readonly kind: 'placed';
  readonly node: NodeInfo;
  /** Weighted sum; 0 when there was no choice. */
  readonly score: number;
  readonly feasible: number;
  /** All hosts of the best score, the chosen one among them. */
  readonly best: readonly NodeInfo[];
}

export type Decision = Placement | { readonly kind: 'refused'; readonly diagnosis: Diagnosis };

export interface DeciderOptions {
  readonly profile?: Profile;
  /** Chooses among hosts of equal score. @default a fresh random sequence */
  readonly random?: Random;
  /** @default random */
  readonly tieBreak?: 'random' | 'first';
}

/** A Pod's filters, ready to be asked host by host. */
export interface Filters {
  readonly all: readonly NodeFilter[];
  readonly local: readonly NodeFilter[];
  readonly beyond: readonly NodeFilter[];
  /** Hosts to ask, and the plugins that left the others out. */
  readonly candidates: readonly NodeInfo[];
  readonly narrowedBy: readonly string[];
}

export class Decider {
  readonly cluster: Cluster;
  readonly profile: Profile;
  readonly #locals: readonly Plugin[];
  readonly #results: LocalResults;
  readonly #random: Random;
  readonly #tieBreak: 'random' | 'first';
  #start = 0;

  constructor(cluster: Cluster, options: DeciderOptions = {}) {
    this.cluster = cluster;
    this.profile = options.profile ?? defaultProfile();
    this.#locals = this.profile.plugins.filter((plugin) => plugin.local && plugin.scorer);
    this.#results = new LocalResults(this.#locals.length);
    this.#random = options.random ?? seededRandom(Math.floor(Math.random() * 2 ** 32));
    this.#tieBreak = options.tieBreak ?? 'random';
  }

  decide(pod: PodInfo): Decision {
    const nodes = this.cluster.nodes.length;
    const filters = this.filters(pod);
    if ('reasons' in filters) return refused({ nodes, everywhere: filters, byNode: new Map() });
    const table = filters.narrowedBy.length > 0 ? undefined : this.#results.of(pod.class, this.cluster.bySlot.length);
    const { feasible, byNode } = this.#feasible(pod, filters, table);
    if (feasible.length === 0) return refused({ nodes, byNode }, filters.narrowedBy);
    return this.#choose(pod, feasible, table);
  }

  /** The filters of all plugins, or the refusal that makes asking hosts needless. */
  filters(pod: PodInfo): Filters | Refusal {
    const local: NodeFilter[] = [];
    const beyond: NodeFilter[] = [];
    const narrowedBy: string[] = [];
    let only: ReadonlySet<string> | undefined;
    for (const plugin of this.profile.plugins) {
      const filter = plugin.filter?.(pod, this.cluster);
      if (!filter) continue;
      if (filter.kind === 'refusal') return filter;
      (plugin.local ? local : beyond).push(filter);
      if (!filter.only) continue;
      narrowedBy.push(plugin.name);
      only = only ? only.intersection(filter.only) : filter.only;
    }
    const candidates = only ? [...only].flatMap((name) => this.cluster.node(name) ?? []) : this.cluster.nodes;
    return { all: [...local, ...beyond], local, beyond, candidates, narrowedBy };
  }

  /** Scores of every plugin for feasible hosts: raw ones, and those brought to 0..100. */
  scores(pod: PodInfo, feasible: readonly NodeInfo[], table?: LocalTable): PluginScores[] {
    const scores: PluginScores[] = [];
    for (const plugin of this.profile.plugins) {
      const scorer = plugin.scorer?.(pod, this.cluster, feasible);
      if (!scorer) continue;
      const column = table ? this.#locals.indexOf(plugin) : -1;
      const raw = column < 0 ? rawScores(scorer, feasible) : keptScores(table!.scores(column), feasible);
      scores.push({ plugin: plugin.name, weight: this.profile.weights[plugin.name] ?? 0, raw, scorer });
    }
    return scores;
  }

  #feasible(pod: PodInfo, filters: Filters, table: LocalTable | undefined) {
    const { candidates } = filters;
    const plugins = { filters: filters.local, scorers: this.#scorers(pod) };
    const wanted = this.#feasibleWanted(candidates.length);
    const start = wanted < candidates.length ? this.#start % candidates.length : 0;
    const feasible: NodeInfo[] = [];
    const byNode = new Map<NodeInfo, Refusal>();
    const nominations = this.cluster.nominations.size > 0;
    let asked = 0;
    for (; asked < candidates.length && feasible.length < wanted; asked++) {
      const node = candidates[(start + asked) % candidates.length]!;
      const nominees = nominations ? this.cluster.nominations.binding(pod, node.name) : [];
      const local = table ? table.refusal(node, plugins) : firstRefusal(filters.local, node);
      const against = refusalBeside(nominees, node, filters.all) ?? local ?? firstRefusal(filters.beyond, node);
      if (against) byNode.set(node, against);
      else feasible.push(node);
    }
    this.#start = start + asked;
    return { feasible, byNode };
  }

  /** Upstream's arithmetic: all of up to 100; else the percentage asked for, or one that falls with size; never below 100. */
  #feasibleWanted(nodes: number): number {
    const asked = this.profile.percentageOfNodesToScore;
    if (nodes < 100 || asked >= 100) return nodes;
    const percentage = asked > 0 ? asked : Math.max(5, Math.trunc(50 - nodes / 125));
    return Math.max(100, Math.trunc((nodes * percentage) / 100));
  }

  #scorers(pod: PodInfo): (NodeScorer | undefined)[] {
    return this.#locals.map((plugin) => plugin.scorer!(pod, this.cluster, []));
  }

  #choose(pod: PodInfo, feasible: readonly NodeInfo[], table: LocalTable | undefined): Placement {
    const count = feasible.length;
    if (count === 1) return { kind: 'placed', node: feasible[0]!, score: 0, feasible: 1, best: feasible };
    const totals = new Float64Array(count);
    for (const { scorer, raw, weight } of this.scores(pod, feasible, table)) {
      scorer.normalize?.(raw, feasible);
      for (let i = 0; i < count; i++) totals[i]! += raw[i]! * weight;
    }
    let score = Number.NEGATIVE_INFINITY;
    for (const total of totals) if (total > score) score = total;
    const best = feasible.filter((_, i) => totals[i] === score);
    const pick = this.#tieBreak === 'first' ? 0 : Math.floor(this.#random() * best.length);
    return { kind: 'placed', node: best[pick]!, score, feasible: count, best };
  }
}

function rawScores(scorer: NodeScorer, nodes: readonly NodeInfo[]): Float64Array {
  const raw = new Float64Array(nodes.length);
  for (let i = 0; i < nodes.length; i++) raw[i] = scorer.score(nodes[i]!);
  return raw;
}

function keptScores(bySlot: Int32Array, nodes: readonly NodeInfo[]): Float64Array {
  const raw = new Float64Array(nodes.length);
  for (let i = 0; i < nodes.length; i++) raw[i] = bySlot[nodes[i]!.slot]!;
  return raw;
}

export interface PluginScores {
  readonly plugin: string;
  readonly weight: number;
  readonly raw: Float64Array;
  readonly scorer: NodeScorer;
}

/** What the filters say of a host on which these Pods run too; nothing when there are none of them. */
export function refusalBeside(
  pods: readonly PodInfo[],
  node: NodeInfo,
  filters: readonly NodeFilter[],
): Refusal | undefined {
  if (pods.length === 0) return undefined;
  const imagined = node.copy();
  for (const pod of pods) imagine(pod, imagined, filters, 1);
  const against = firstRefusal(filters, imagined);
  for (const pod of pods) imagine(pod, imagined, filters, -1);
  return against;
}

/** Puts a Pod on an imagined host, or takes it off, for the filters to see. */
export function imagine(pod: PodInfo, node: NodeInfo, filters: readonly NodeFilter[], times: 1 | -1): void {
  if (times === 1) node.addPod(pod);
  else node.removePod(pod);
  for (const filter of filters) {
    if (times === 1) filter.podAdded?.(pod, node);
    else filter.podRemoved?.(pod, node);
  }
}

function refused(diagnosis: Omit<Diagnosis, 'plugins'>, narrowedBy: readonly string[] = []): Decision {
  const plugins = new Set<string>(narrowedBy);
  const [first] = narrowedBy;
  const others =
    first !== undefined &&
    refusal(first, 'UnschedulableAndUnresolvable', `node(s) didn't satisfy plugin(s) [${narrowedBy.join(' ')}]`);
  if (diagnosis.everywhere) plugins.add(diagnosis.everywhere.plugin);
  for (const { plugin } of diagnosis.byNode.values()) plugins.add(plugin);
  return { kind: 'refused', diagnosis: { ...diagnosis, plugins, ...(others && { others }) } };
}
