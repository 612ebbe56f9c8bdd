/** New sizes for a Deployment's ReplicaSets: one step of a rollout, or the spreading of a change of `replicas`. */
import type { Deployment, ReplicaSet } from '../../../kube/index.ts';
import { availableOf, limitsOf, sizeOf, total } from './limits.ts';
import { byAge, DESIRED_REPLICAS, MAX_REPLICAS } from './revision.ts';

export interface Resize {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

/** The ReplicaSets of a Deployment: `current` has its template, `old` have earlier ones. */
export interface Sets {
  readonly current: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
}

/** The size with which the ReplicaSet of a new template may start or go on to grow. */
export function sizeOfNew(deployment: Deployment, { current, old }: Sets): number {
  const { replicas, surge } = limitsOf(deployment);
  if (deployment.spec.strategy?.type === 'Recreate') return replicas;
  const room = replicas + surge - total([current, ...old], sizeOf);
  if (room <= 0) return sizeOf(current);
  return sizeOf(current) + Math.min(room, Math.max(0, replicas - sizeOf(current)));
}

/** One step of a rolling update; nothing when there is nothing to do but wait. Up first, then down. */
export function rollingStep(deployment: Deployment, sets: Sets): Resize[] {
  const { current, old } = sets;
  if (!current) return [];
  const { replicas } = limitsOf(deployment);
  const size = sizeOf(current) > replicas ? replicas : sizeOfNew(deployment, sets);
  if (size !== sizeOf(current)) return [{ set: current, replicas: size }];
  return shrinkOld(
    deployment,
    current,
    old.filter((set) => sizeOf(set) > 0),
  );
}

/** All old Pods go before the first new one comes. */
export function recreateStep(deployment: Deployment, { current, old }: Sets, oldPodsLeft: boolean): Resize[] {
  const shrink = old.filter((set) => sizeOf(set) > 0).map((set) => ({ set, replicas: 0 }));
  if (shrink.length > 0 || oldPodsLeft || !current) return shrink;
  const { replicas } = limitsOf(deployment);
  return sizeOf(current) === replicas ? [] : [{ set: current, replicas }];
}

/** Has `spec.replicas` changed since the sizes were last spread? */
export function isScaling(deployment: Deployment, { current, old }: Sets): boolean {
  // Recreate knows no mix: where there is one after all, the rollout itself takes it apart.
  if (deployment.spec.strategy?.type === 'Recreate' && !activeOrLatest(current, old)) return false;
  return [current, ...old].some((set) => {
    const desired = set?.metadata.annotations?.[DESIRED_REPLICAS];
    return sizeOf(set) > 0 && desired !== undefined && Number(desired) !== (deployment.spec.replicas ?? 1);
  });
}

/** Spreads a change of `replicas` over what is there, in proportion, so that a paused rollout stays as mixed as it is. */
export function scaleStep(deployment: Deployment, { current, old }: Sets): Resize[] {
  const { replicas } = limitsOf(deployment);
  const only = activeOrLatest(current, old);
  if (only) return [{ set: only, replicas }];
  const active = byAge([...old, ...(current ? [current] : [])].filter((set) => sizeOf(set) > 0));
  if (isSaturated(deployment, current)) {
    return active.filter((set) => set !== current).map((set) => ({ set, replicas: 0 }));
  }
  return proportional(deployment, active);
}

function shrinkOld(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): Resize[] {
  const { replicas, unavailable } = limitsOf(deployment);
  const minAvailable = replicas - unavailable;
  const newUnavailable = sizeOf(current) - availableOf(current);
  const budget = total([current, ...old], sizeOf) - minAvailable - newUnavailable;
  if (budget <= 0) return [];
  const sizes = new Map(byAge(old).map((set) => [set, sizeOf(set)]));
  const unhealthy = take(sizes, budget, (set, size) => size - availableOf(set));
  const spare = total([current, ...old], availableOf) - minAvailable;
  take(sizes, Math.min(spare, budget - unhealthy), (_, size) => size);
  return [...sizes].filter(([set, size]) => size !== sizeOf(set)).map(([set, size]) => ({ set, replicas: size }));
}

/** Takes up to `budget` from the sizes, from each no more than `most`; answers how many were taken. */
function take(sizes: Map<ReplicaSet, number>, budget: number, most: (set: ReplicaSet, size: number) => number): number {
  let taken = 0;
  for (const [set, size] of sizes) {
    const less = Math.max(0, Math.min(budget - taken, most(set, size), size));
    sizes.set(set, size - less);
    taken += less;
  }
  return taken;
}

/** The one ReplicaSet that has Pods; with none, the newest. Undefined when several have Pods. */
function activeOrLatest(current: ReplicaSet | undefined, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  const active = [current, ...old].filter((set) => sizeOf(set) > 0);
  if (active.length > 1) return undefined;
  return active[0] ?? current ?? byAge(old).at(-1);
}

function isSaturated(deployment: Deployment, current: ReplicaSet | undefined): boolean {
  const { replicas } = limitsOf(deployment);
  return (
    current !== undefined &&
    Number(current.metadata.annotations?.[DESIRED_REPLICAS]) === replicas &&
    sizeOf(current) === replicas &&
    current.status?.availableReplicas === replicas
  );
}

function proportional(deployment: Deployment, active: readonly ReplicaSet[]): Resize[] {
  const { replicas, surge } = limitsOf(deployment);
  const toAdd = (replicas > 0 ? replicas + surge : 0) - total(active, sizeOf);
  const newerFirst = active.toReversed();
  const ordered = (toAdd > 0 ? newerFirst : [...active]).sort((a, b) => sizeOf(b) - sizeOf(a));
  let added = 0;
  const resizes = ordered.map((set) => {
    const share = shareOf(deployment, set, toAdd - added);
    added += share;
    return { set, replicas: sizeOf(set) + share };
  });
  const first = resizes[0];
  if (first) resizes[0] = { set: first.set, replicas: Math.max(0, first.replicas + toAdd - added) };
  return resizes;
}

/** The part of `left` that falls to this ReplicaSet by its size. */
function shareOf(deployment: Deployment, set: ReplicaSet, left: number): number {
  if (left === 0 || sizeOf(set) === 0) return 0;
  const { replicas, surge } = limitsOf(deployment);
  if (replicas === 0) return Math.max(-sizeOf(set), left);
  const before = Number(set.metadata.annotations?.[MAX_REPLICAS]) || deployment.status?.replicas;
  if (!before) return 0;
  const share = Math.round((sizeOf(set) * (replicas + surge)) / before) - sizeOf(set);
  return left > 0 ? Math.min(share, left) : Math.max(share, left);
}
