/** A host must have what the Pod requests; the strategy says whether empty or full hosts are the better ones. */
import type { NodeInfo } from '../node-info.ts';
import { percent } from '../normalize.ts';
import { MAX_SCORE, type Plugin, type Refusal, refusal } from '../plugin.ts';
import type { PodClass } from '../pod-class.ts';
import { amountOf } from '../resources.ts';

const NAME = 'NodeResourcesFit';

export interface ScoredResource {
  readonly name: string;
  readonly weight: number;
}

export type ScoringStrategy =
  | { readonly type: 'LeastAllocated' | 'MostAllocated'; readonly resources: readonly ScoredResource[] }
  | {
      readonly type: 'RequestedToCapacityRatio';
      readonly resources: readonly ScoredResource[];
      /** Utilisation 0..100 against score 0..10, in rising order of utilisation. */
      readonly shape: readonly { readonly utilization: number; readonly score: number }[];
    };

export const CPU_AND_MEMORY: readonly ScoredResource[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];
export const LEAST_ALLOCATED: ScoringStrategy = { type: 'LeastAllocated', resources: CPU_AND_MEMORY };

export function nodeResourcesFit(strategy: ScoringStrategy = LEAST_ALLOCATED): Plugin {
  return {
    name: NAME,
    local: true,
    filter: (pod) => ({ kind: 'filter', refuse: (node) => insufficiency(pod.class, node) }),
    scorer: (pod) => ({ score: (node) => strategyScore(strategy, pod.class, node) }),
  };
}

const refusals = new Map<string, Refusal>();

/** All that is short is named; where even the empty host would not do, nothing that its Pods do can help. */
export function insufficiency({ requests }: PodClass, node: NodeInfo): Refusal | undefined {
  const { allocatable, allowedPods } = node.facts;
  const { requested } = node;
  let short: string[] | undefined;
  let hopeless = false;
  const check = (name: string, wanted: number, capacity: number, used: number) => {
    if (wanted === 0 || wanted <= capacity - used) return;
    short ??= [];
    short.push(`Insufficient ${name}`);
    hopeless ||= wanted > capacity;
  };
  if (node.pods.size + 1 > allowedPods) short = ['Too many pods'];
  check('cpu', requests.milliCpu, allocatable.milliCpu, requested.milliCpu);
  check('memory', requests.memory, allocatable.memory, requested.memory);
  check('ephemeral-storage', requests.ephemeralStorage, allocatable.ephemeralStorage, requested.ephemeralStorage);
  for (const [name, wanted] of requests.scalars) {
    check(name, wanted, allocatable.scalars.get(name) ?? 0, requested.scalars.get(name) ?? 0);
  }
  return short && refusalFor(short, hopeless);
}

/** One object a combination, so that hosts that lack the same share it. */
function refusalFor(short: readonly string[], hopeless: boolean): Refusal {
  const code = hopeless ? 'UnschedulableAndUnresolvable' : 'Unschedulable';
  const key = `${code} ${short.join()}`;
  let known = refusals.get(key);
  if (!known) {
    known = refusal(NAME, code, ...short);
    if (refusals.size < 10_000) refusals.set(key, known);
  }
  return known;
}

function strategyScore(strategy: ScoringStrategy, pod: PodClass, node: NodeInfo): number {
  switch (strategy.type) {
    case 'LeastAllocated':
      return weightedMean(strategy.resources, pod, node, leastAllocated);
    case 'MostAllocated':
      return weightedMean(strategy.resources, pod, node, mostAllocated);
    case 'RequestedToCapacityRatio':
      return ratioScore(strategy, pod, node);
  }
}

export function leastAllocated(requested: number, capacity: number): number {
  return capacity === 0 || requested > capacity ? 0 : percent(capacity - requested, capacity);
}

export function mostAllocated(requested: number, capacity: number): number {
  return capacity === 0 ? 0 : percent(Math.min(requested, capacity), capacity);
}

/** Resources that the host does not have at all stay out of the mean. */
function weightedMean(
  resources: readonly ScoredResource[],
  pod: PodClass,
  node: NodeInfo,
  scoreOf: (requested: number, capacity: number) => number,
): number {
  let sum = 0;
  let weights = 0;
  for (const { name, weight } of resources) {
    const capacity = scoredCapacity(name, pod, node);
    if (capacity === 0) continue;
    sum += scoreOf(requestedWith(name, pod, node), capacity) * weight;
    weights += weight;
  }
  return weights === 0 ? 0 : Math.trunc(sum / weights);
}

function ratioScore(
  strategy: Extract<ScoringStrategy, { type: 'RequestedToCapacityRatio' }>,
  pod: PodClass,
  node: NodeInfo,
): number {
  let sum = 0;
  let weights = 0;
  for (const { name, weight } of strategy.resources) {
    const capacity = scoredCapacity(name, pod, node);
    if (capacity === 0) continue;
    const score = shapeScore(strategy.shape, requestedWith(name, pod, node), capacity);
    if (score <= 0) continue;
    sum += score * weight;
    weights += weight;
  }
  return weights === 0 ? 0 : Math.round(sum / weights);
}

/** Straight lines between the points of the shape, level before the first and after the last; in whole numbers. */
export function shapeScore(
  shape: readonly { readonly utilization: number; readonly score: number }[],
  requested: number,
  capacity: number,
): number {
  const utilization = capacity === 0 || requested > capacity ? 100 : percent(requested, capacity);
  const scale = MAX_SCORE / 10;
  const next = shape.findIndex((point) => utilization <= point.utilization);
  if (next < 0) return (shape.at(-1)?.score ?? 0) * scale;
  const to = shape[next]!;
  const from = shape[next - 1];
  if (!from) return to.score * scale;
  const rise = (to.score - from.score) * scale * (utilization - from.utilization);
  return from.score * scale + Math.trunc(rise / (to.utilization - from.utilization));
}

/** A device that the Pod does not ask for says nothing about how well it fits. */
function scoredCapacity(name: string, pod: PodClass, node: NodeInfo): number {
  const isDevice = name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage';
  if (isDevice && amountOf(pod.requests, name) === 0) return 0;
  return amountOf(node.facts.allocatable, name);
}

function requestedWith(name: string, pod: PodClass, node: NodeInfo): number {
  if (name === 'cpu') return node.nonZeroRequested.milliCpu + pod.nonZeroRequests.milliCpu;
  if (name === 'memory') return node.nonZeroRequested.memory + pod.nonZeroRequests.memory;
  return amountOf(node.requested, name) + amountOf(pod.requests, name);
}
