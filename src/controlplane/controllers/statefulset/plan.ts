/** What a StatefulSet should do next: the order of its Pods is the whole point. */

import { isAvailable, isReady, scaled } from '../../../control/index.ts';
import type { Pod, StatefulSet } from '../../../kube/index.ts';
import { firstOrdinal, isInRange, missingLabels, ordinalOf, revisionOf } from './identity.ts';

export type Step =
  | { readonly kind: 'create'; readonly ordinal: number; readonly updated: boolean }
  | { readonly kind: 'delete'; readonly pod: Pod; readonly reason: 'failed' | 'finished' | 'condemned' | 'outdated' }
  /** Missing labels, or claims that a Pod waits for. */
  | { readonly kind: 'repair'; readonly pod: Pod; readonly labels: Record<string, string> | undefined };

export interface Revisions {
  /** Names of ControllerRevisions. */
  readonly current: string;
  readonly update: string;
}

/** Steps that may be taken now, in this order. With OrderedReady at most one of them creates or deletes. */
export function planStatefulSet(set: StatefulSet, pods: readonly Pod[], revisions: Revisions, now: number): Step[] {
  if (set.metadata.deletionTimestamp) return [];
  const world = lookAt(set, pods, now);
  const invariant = set.spec.podManagementPolicy === 'Parallel' ? burst(world, revisions) : ordered(world, revisions);
  if (invariant.waiting || set.spec.updateStrategy?.type === 'OnDelete') return invariant.steps;
  return [...invariant.steps, ...update(world, revisions)];
}

export function isRunningAndReady(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && isReady(pod);
}

export function isLeaving(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

export function isRunningAndAvailable(set: StatefulSet, pod: Pod, now: number): boolean {
  return pod.status?.phase === 'Running' && isAvailable(pod, set.spec.minReadySeconds ?? 0, now);
}

/** Is a new Pod with this ordinal to be made from the current revision (true) or from the one rolled out (false)? */
export function needsCurrent(set: StatefulSet, ordinal: number): boolean {
  const { type = 'RollingUpdate', rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type !== 'RollingUpdate') return false;
  const index = ordinal - firstOrdinal(set);
  return index < (rollingUpdate ? (rollingUpdate.partition ?? 0) : (set.status?.currentReplicas ?? 0));
}

interface World {
  readonly set: StatefulSet;
  readonly now: number;
  /** By index from the first ordinal on; undefined where there is no Pod. */
  readonly slots: readonly (Pod | undefined)[];
  /** Beyond the range, highest ordinal first. */
  readonly condemned: readonly Pod[];
  /** The lowest replica, or else condemned Pod, that is not healthy: it alone may be deleted although unhealthy. */
  readonly firstUnhealthy: Pod | undefined;
}

interface Invariant {
  readonly steps: Step[];
  /** Something has to happen before updates may be thought of. */
  readonly waiting: boolean;
}

function lookAt(set: StatefulSet, pods: readonly Pod[], now: number): World {
  const slots: (Pod | undefined)[] = Array.from({ length: set.spec.replicas ?? 1 });
  const condemned: Pod[] = [];
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod);
    if (ordinal === undefined) continue;
    if (isInRange(set, ordinal)) slots[ordinal - firstOrdinal(set)] = pod;
    else condemned.push(pod);
  }
  condemned.sort((a, b) => ordinalOf(set, b)! - ordinalOf(set, a)!);
  const unhealthy = (pod: Pod | undefined) => pod !== undefined && !(isRunningAndReady(pod) && !isLeaving(pod));
  const firstUnhealthy = slots.find(unhealthy) ?? condemned.toReversed().find(unhealthy);
  return { set, now, slots, condemned, firstUnhealthy };
}

function ordered(world: World, revisions: Revisions): Invariant {
  const steps: Step[] = [];
  for (const [index, pod] of world.slots.entries()) {
    const step = stepOfSlot(world, index, pod, revisions);
    if (step) steps.push(step);
    if (step && step.kind !== 'repair') return { steps, waiting: true };
    if (!pod || isLeaving(pod) || !isRunningAndAvailable(world.set, pod, world.now)) return { steps, waiting: true };
  }
  const [pod] = world.condemned;
  if (!pod) return { steps, waiting: false };
  const healthy = isRunningAndAvailable(world.set, pod, world.now);
  const ready = !isLeaving(pod) && (healthy || pod === world.firstUnhealthy);
  return { steps: ready ? [...steps, { kind: 'delete', pod, reason: 'condemned' }] : steps, waiting: true };
}

function burst(world: World, revisions: Revisions): Invariant {
  const steps = world.slots
    .map((pod, index) => stepOfSlot(world, index, pod, revisions))
    .filter((step) => step !== undefined);
  for (const pod of world.condemned) if (!isLeaving(pod)) steps.push({ kind: 'delete', pod, reason: 'condemned' });
  return { steps, waiting: steps.some((step) => step.kind === 'delete' && step.reason !== 'condemned') };
}

function stepOfSlot(world: World, index: number, pod: Pod | undefined, revisions: Revisions): Step | undefined {
  const ordinal = firstOrdinal(world.set) + index;
  if (!pod) {
    const updated = revisions.current === revisions.update || !needsCurrent(world.set, ordinal);
    return { kind: 'create', ordinal, updated };
  }
  if (isLeaving(pod)) return undefined;
  const { phase } = pod.status ?? {};
  if (phase === 'Failed') return { kind: 'delete', pod, reason: 'failed' };
  if (phase === 'Succeeded') return { kind: 'delete', pod, reason: 'finished' };
  const labels = missingLabels(world.set, pod);
  return labels || phase === 'Pending' ? { kind: 'repair', pod, labels } : undefined;
}

/**
 * Deletes outdated Pods from the highest ordinal down to the partition. An available one is taken only while fewer than
 * the limit are unavailable; one that is unavailable anyway costs nothing. Never more than the limit at a time.
 */
function update({ set, now, slots }: World, revisions: Revisions): Step[] {
  const { partition = 0, maxUnavailable } = (set.spec.updateStrategy?.rollingUpdate ?? {}) as RollingUpdate;
  const limit = maxUnavailable === undefined ? 1 : Math.max(1, scaled(maxUnavailable, slots.length, 'down'));
  const isMissing = (pod: Pod | undefined) => !pod || isLeaving(pod) || !isRunningAndAvailable(set, pod, now);
  const steps: Step[] = [];
  let missing = slots.filter(isMissing).length;
  let underWay = 0;
  for (const pod of slots.slice(partition).reverse()) {
    if (underWay >= limit) break;
    const outdated = pod && !isLeaving(pod) && revisionOf(pod) !== revisions.update;
    if (outdated && (isMissing(pod) || missing < limit)) {
      if (!isMissing(pod)) missing++;
      steps.push({ kind: 'delete', pod, reason: 'outdated' });
      underWay++;
    } else if (!outdated && isMissing(pod)) underWay++;
  }
  return steps;
}

interface RollingUpdate {
  partition?: number;
  maxUnavailable?: number | string;
}
