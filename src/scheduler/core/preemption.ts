/** Finds the host on which the fewest and least important Pods must go to make room for a more important one. */
import { conditionOf, type Pod, type PodDisruptionBudget } from '../../kube/index.ts';
import type { Cluster } from './cluster.ts';
import { type Decider, imagine, refusalBeside } from './decider.ts';
import { type Diagnosis, histogram, unavailable } from './diagnosis.ts';
import { splitByBudget } from './disruption.ts';
import { firstRefusal } from './local-results.ts';
import type { NodeInfo } from './node-info.ts';
import { type NodeFilter, type Refusal, refusal } from './plugin.ts';
import { byImportance, type PodInfo } from './pod-info.ts';
import type { Random } from './random.ts';

export interface Victims {
  readonly node: NodeInfo;
  /** Most important first. */
  readonly pods: readonly PodInfo[];
  readonly budgetViolations: number;
}

export type Preemption =
  | ({ readonly kind: 'possible' } & Victims)
  /** `message` tells why not; a nomination that the Pod has is void when `hopeless`. */
  | { readonly kind: 'impossible'; readonly message: string; readonly hopeless: boolean };

export interface PreemptionOptions {
  /** Look at every host that could help and not only at a sample. @default false, as upstream */
  readonly allCandidates?: boolean;
  /** Where the sample starts. */
  readonly random: Random;
}

const NAME = 'DefaultPreemption';
const NO_HELP = refusal(NAME, 'UnschedulableAndUnresolvable', 'Preemption is not helpful for scheduling');
const NO_VICTIMS = refusal(NAME, 'UnschedulableAndUnresolvable', 'No preemption victims found for incoming pod');

export function preempt(pod: PodInfo, diagnosis: Diagnosis, decider: Decider, options: PreemptionOptions): Preemption {
  const { cluster } = decider;
  const ineligible = ineligibility(pod, diagnosis, cluster);
  if (ineligible) return { kind: 'impossible', message: ineligible, hopeless: false };
  const promising = [...diagnosis.byNode].filter(([, { code }]) => code === 'Unschedulable').map(([node]) => node);
  const { candidates, refusals } = cluster.hasPodsBelow(pod.priority)
    ? dryRun(pod, promising, decider, options)
    : { candidates: [], refusals: new Map(promising.map((node) => [node, NO_VICTIMS] as const)) };
  const best = pickOne(candidates);
  if (best) return { kind: 'possible', ...best };
  const why = histogram(refusals.values(), NO_HELP, diagnosis.nodes - refusals.size);
  return { kind: 'impossible', message: unavailable(diagnosis.nodes, why), hopeless: true };
}

/** A Pod that has victims dying for it already must wait for them. */
function ineligibility(pod: PodInfo, { byNode }: Diagnosis, cluster: Cluster): string | undefined {
  if (pod.class.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominated = cluster.nominations.nodeOf(pod.key) ?? pod.pod.status?.nominatedNodeName;
  const node = nominated ? cluster.node(nominated) : undefined;
  if (!node || byNode.get(node)?.code === 'UnschedulableAndUnresolvable') return undefined;
  const waits = node.pods.values().some((other) => other.priority < pod.priority && isDyingVictim(other.pod));
  return waits ? 'not eligible due to a terminating pod on the nominated node.' : undefined;
}

function isDyingVictim(pod: Pod): boolean {
  if (pod.metadata.deletionTimestamp === undefined) return false;
  const condition = conditionOf({ status: pod.status ?? {} }, 'DisruptionTarget');
  return condition?.status === 'True' && condition.reason === 'PreemptionByScheduler';
}

/** Stops when it has seen enough candidates, one of them without a broken budget. */
function dryRun(pod: PodInfo, nodes: readonly NodeInfo[], decider: Decider, options: PreemptionOptions) {
  const candidates: Victims[] = [];
  const refusals = new Map<NodeInfo, Refusal>();
  const filters = decider.filters(pod);
  if ('reasons' in filters) return { candidates, refusals };
  const budgets = [...decider.cluster.disruptionBudgets.values()];
  const wanted = options.allCandidates ? nodes.length : Math.max(100, Math.trunc(nodes.length / 10));
  const offset = options.allCandidates ? 0 : Math.floor(options.random() * nodes.length);
  let harmless = false;
  for (let i = 0; i < nodes.length && !(harmless && candidates.length >= wanted); i++) {
    const node = nodes[(offset + i) % nodes.length]!;
    const found = victimsOn(pod, node, filters.all, budgets, decider.cluster);
    if ('reasons' in found) refusals.set(node, found);
    else {
      candidates.push(found);
      harmless ||= found.budgetViolations === 0;
    }
  }
  return { candidates, refusals };
}

/** Takes all less important Pods away, then lets back whoever leaves room enough: those under budgets first. */
export function victimsOn(
  pod: PodInfo,
  original: NodeInfo,
  filters: readonly NodeFilter[],
  budgets: readonly PodDisruptionBudget[],
  cluster: Cluster,
): Victims | Refusal {
  const lesser = [...original.pods.values()].filter(({ priority }) => priority < pod.priority).sort(byImportance);
  if (lesser.length === 0) return NO_VICTIMS;
  const nominees = cluster.nominations.binding(pod, original.name);
  const node = original.copy();
  const gone = new Set<PodInfo>();
  const move = (other: PodInfo, times: 1 | -1) => {
    imagine(other, node, filters, times);
    if (times === 1) gone.delete(other);
    else gone.add(other);
  };
  const refusalNow = () => refusalBeside(nominees, node, filters) ?? firstRefusal(filters, node);
  for (const other of lesser) move(other, -1);
  const refused = refusalNow();
  let budgetViolations = 0;
  if (!refused) {
    const { violating, free } = splitByBudget(lesser, budgets);
    for (const other of [...violating, ...free]) {
      move(other, 1);
      if (!refusalNow()) continue;
      move(other, -1);
      if (violating.includes(other)) budgetViolations++;
    }
  }
  const pods = [...gone].sort(byImportance);
  for (const other of pods) move(other, 1);
  return refused ?? (pods.length === 0 ? NO_VICTIMS : { node: original, pods, budgetViolations });
}

/** Adding this to each victim's priority makes one more victim cost more than none, even at negative priorities. */
const PRIORITY_SHIFT = 2 ** 31;

/** Each measure decides among those that all earlier ones left equal; less is better. */
const MEASURES: readonly ((victims: Victims) => number)[] = [
  ({ budgetViolations }) => budgetViolations,
  ({ pods }) => pods[0]!.priority,
  ({ pods }) => pods.reduce((sum, { priority }) => sum + priority + PRIORITY_SHIFT, 0),
  ({ pods }) => pods.length,
  ({ pods }) => -earliestStart(pods),
];

export function pickOne(candidates: readonly Victims[]): Victims | undefined {
  let left = candidates;
  for (const measure of MEASURES) {
    if (left.length < 2) break;
    const costs = left.map(measure);
    const least = costs.reduce((min, cost) => Math.min(min, cost));
    left = left.filter((_, i) => costs[i] === least);
  }
  return left[0];
}

/** When the first of the most important victims started: the later, the less work is lost. */
function earliestStart(pods: readonly PodInfo[]): number {
  const top = pods[0]!.priority;
  return Math.min(...pods.filter(({ priority }) => priority === top).map(({ startTime }) => startTime));
}
