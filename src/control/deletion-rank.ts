/** Which Pods go first when there are too many: the ones that will be missed least. */
import type { Pod } from '../kube/index.ts';
import { isReady, readySince, restarts } from './pod-state.ts';

const PHASES: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

export interface RankedPod {
  readonly pod: Pod;
  /** How many related Pods share its host: of crowded hosts more are taken. */
  readonly crowd: number;
}

/** Negative when `a` goes before `b`. A total order that depends on `now` only through magnitudes of age. */
export function compareForDeletion(a: RankedPod, b: RankedPod, now: number): number {
  return (
    assigned(a.pod) - assigned(b.pod) ||
    phase(a.pod) - phase(b.pod) ||
    Number(isReady(a.pod)) - Number(isReady(b.pod)) ||
    deletionCost(a.pod) - deletionCost(b.pod) ||
    b.crowd - a.crowd ||
    (isReady(a.pod) ? compareAges(readySince(a.pod), readySince(b.pod), now) : 0) ||
    restarts(b.pod) - restarts(a.pod) ||
    compareAges(Date.parse(a.pod.metadata.creationTimestamp), Date.parse(b.pod.metadata.creationTimestamp), now) ||
    (a.pod.metadata.uid < b.pod.metadata.uid ? -1 : a.pod.metadata.uid > b.pod.metadata.uid ? 1 : 0)
  );
}

/** The `count` Pods to delete. `related` are all Pods that serve the same purpose, these among them. */
export function chooseForDeletion(pods: readonly Pod[], related: readonly Pod[], count: number, now: number): Pod[] {
  if (count >= pods.length) return [...pods];
  const crowds = new Map<string, number>();
  for (const { spec } of related) if (spec.nodeName) crowds.set(spec.nodeName, (crowds.get(spec.nodeName) ?? 0) + 1);
  const ranked = pods.map((pod) => ({ pod, crowd: crowds.get(pod.spec.nodeName ?? '') ?? 0 }));
  return ranked
    .sort((a, b) => compareForDeletion(a, b, now))
    .slice(0, count)
    .map(({ pod }) => pod);
}

/** `controller.kubernetes.io/pod-deletion-cost`; 0 when absent or no 32-bit integer. */
function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'];
  return text && /^(0|-?[1-9]\d{0,9})$/.test(text) && (Number(text) | 0) === Number(text) ? Number(text) : 0;
}

function assigned(pod: Pod): number {
  return pod.spec.nodeName ? 1 : 0;
}

function phase(pod: Pod): number {
  return PHASES[pod.status?.phase ?? 'Pending'] ?? 1;
}

/** Younger first, but only by order of magnitude: within one, chance (the uid) decides, so that age classes mix. */
function compareAges(a: number | undefined, b: number | undefined, now: number): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined);
  return magnitude(now - a) - magnitude(now - b);
}

function magnitude(ms: number): number {
  return ms > 0 ? Math.floor(Math.log2(ms * 1e6)) : -1;
}
