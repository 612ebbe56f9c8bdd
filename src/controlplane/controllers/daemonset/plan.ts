/** Which daemon Pods to create and to delete. */

import { isAvailable, isReady, scaled } from '../../../control/index.ts';
import type { apps, DaemonSet, Node, Pod } from '../../../kube/index.ts';
import { daemonTolerations, judgeNode, type Verdict } from './node-match.ts';
import { isUpdated, targetOf } from './target.ts';

/** Never more than this many writes in one go. */
export const BURST = 250;

export interface DaemonPlan {
  /** Hosts that need a Pod. */
  readonly create: readonly string[];
  readonly remove: readonly { readonly pod: Pod; readonly reason: RemovalReason }[];
}
export type RemovalReason = 'failed' | 'finished' | 'surplus' | 'outdated';

/** The hosts with what they have and may have: computed once for plan and status. */
export interface World {
  readonly set: DaemonSet;
  readonly hash: string;
  readonly now: number;
  readonly nodes: readonly { readonly name: string; readonly verdict: Verdict; readonly pods: readonly Pod[] }[];
  /** Pods meant for hosts that are no more, not yet bound to them. */
  readonly lost: readonly Pod[];
}

export function lookAt(set: DaemonSet, nodes: Iterable<Node>, pods: readonly Pod[], hash: string, now: number): World {
  const byTarget = Map.groupBy(pods, targetOf);
  const tolerations = daemonTolerations(set.spec.template.spec!);
  const rows = [...nodes].map((node) => {
    const { name } = node.metadata;
    const own = (byTarget.get(name) ?? []).toSorted(older);
    byTarget.delete(name);
    return { name, verdict: judgeNode(set, node, tolerations), pods: own };
  });
  const lost = [...byTarget.values()].flat().filter((pod) => !pod.spec.nodeName && !isLeaving(pod));
  return { set, hash, now, nodes: rows, lost };
}

/** Sees to it that each host has its Pod, and then, if nothing was to be done for that, rolls out a new template. */
export function planDaemonSet(world: World): DaemonPlan {
  const { set } = world;
  if (set.metadata.deletionTimestamp) return { create: [], remove: [] };
  const kept = manage(world);
  const busy = kept.create.length > 0 || kept.remove.some(({ reason }) => reason !== 'failed');
  const rolling = (set.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
  const { create, remove } = rolling && !busy ? union(kept, roll(world)) : kept;
  return { create: create.slice(0, BURST), remove: remove.slice(0, BURST) };
}

function union(a: DaemonPlan, b: DaemonPlan): DaemonPlan {
  const more = b.remove.filter(({ pod }) => !a.remove.some((removal) => removal.pod === pod));
  return { create: b.create, remove: [...a.remove, ...more] };
}

export function daemonSetStatus(world: World, collisionCount: number | undefined): apps.DaemonSetStatus {
  const { set, hash, now, nodes } = world;
  const wanted = nodes.filter(({ verdict }) => verdict.shouldRun);
  const first = wanted.map(({ pods }) => pods[0]).filter((pod) => pod !== undefined);
  const available = first.filter((pod) => isAvailable(pod, set.spec.minReadySeconds ?? 0, now)).length;
  return {
    desiredNumberScheduled: wanted.length,
    currentNumberScheduled: first.length,
    numberMisscheduled: nodes.filter(({ verdict, pods }) => !verdict.shouldRun && pods.length > 0).length,
    numberReady: first.filter(isReady).length,
    updatedNumberScheduled: first.filter((pod) => isUpdated(set, pod, hash)).length,
    numberAvailable: available,
    numberUnavailable: wanted.length - available,
    observedGeneration: set.metadata.generation,
    ...(collisionCount !== undefined && { collisionCount }),
    ...(set.status?.conditions && { conditions: set.status.conditions }),
  };
}

/** How many Pods may be more, or fewer, than one a host. Both nought would be a standstill: then one may be missing. */
export function allowances(set: DaemonSet, desired: number): { surge: number; unavailable: number } {
  const { maxSurge, maxUnavailable } = set.spec.updateStrategy?.rollingUpdate ?? {};
  const surge = scaled(maxSurge ?? 0, desired, 'up');
  const unavailable = scaled(maxUnavailable ?? 1, desired, 'up');
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

type Removal = DaemonPlan['remove'][number];

function manage(world: World): DaemonPlan {
  const create: string[] = [];
  const remove: Removal[] = world.lost.map((pod) => ({ pod, reason: 'surplus' }));
  for (const { name, verdict, pods } of world.nodes) {
    if (verdict.shouldRun && pods.length === 0) create.push(name);
    else if (verdict.mayStay) remove.push(...prune(world, pods));
    else remove.push(...pods.filter((pod) => !isLeaving(pod)).map((pod) => ({ pod, reason: 'surplus' as const })));
  }
  return { create, remove };
}

/** Finished Pods and those of which there are too many. While surging an old and a new one may stand side by side. */
function prune(world: World, pods: readonly Pod[]): Removal[] {
  const staying = pods.filter((pod) => !isLeaving(pod));
  const finished = staying.flatMap((pod): Removal[] => {
    if (pod.status?.phase === 'Failed') return [{ pod, reason: 'failed' }];
    return pod.status?.phase === 'Succeeded' ? [{ pod, reason: 'finished' }] : [];
  });
  const running = staying.filter((pod) => !finished.some((removal) => removal.pod === pod));
  const surplus = isSurging(world.set) ? surplusOfSurge(world, running) : running.slice(1);
  return [...finished, ...surplus.map((pod) => ({ pod, reason: 'surplus' as const }))];
}

function surplusOfSurge({ set, hash, now }: World, running: readonly Pod[]): Pod[] {
  const [updated, outdated] = [true, false].map((wanted) =>
    running.filter((pod) => isUpdated(set, pod, hash) === wanted),
  );
  const [newest, old] = [updated![0], outdated![0]];
  const surplus = [...updated!.slice(1), ...outdated!.slice(1)];
  const replaced = newest && old && (!isReady(old) || isAvailable(newest, set.spec.minReadySeconds ?? 0, now));
  return replaced ? [...surplus, old] : surplus;
}

function roll(world: World): DaemonPlan {
  return isSurging(world.set) ? rollBySurge(world) : rollByDeletion(world);
}

function rollByDeletion(world: World): DaemonPlan {
  const { unavailable } = allowances(world.set, desiredCount(world));
  const free: Pod[] = [];
  const candidates: Pod[] = [];
  let missing = 0;
  for (const { updated, outdated } of pairs(world)) {
    if (updated && outdated) missing++;
    else if (outdated && isUp(world, outdated)) candidates.push(outdated);
    else {
      missing++;
      if (outdated) free.push(outdated);
      else if (updated && isUp(world, updated)) missing--;
    }
  }
  const chosen = [...free, ...candidates.slice(0, Math.max(0, unavailable - missing))];
  return { create: [], remove: chosen.map((pod) => ({ pod, reason: 'outdated' })) };
}

function rollBySurge(world: World): DaemonPlan {
  const { surge } = allowances(world.set, desiredCount(world));
  const free: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  for (const { name, updated, outdated } of pairs(world)) {
    if (!outdated) continue;
    if (updated) surging += Number(!isUp(world, updated));
    else if (isUp(world, outdated)) candidates.push(name);
    else free.push(name);
  }
  return { create: [...free, ...candidates.slice(0, Math.max(0, surge - surging))], remove: [] };
}

/** The staying Pods of each host that should have one: one of the new template, one of an older. */
function pairs({ set, hash, nodes }: World) {
  return nodes
    .filter(({ verdict }) => verdict.shouldRun)
    .map(({ name, pods }) => {
      const staying = pods.filter((pod) => !isLeaving(pod));
      return {
        name,
        updated: staying.find((pod) => isUpdated(set, pod, hash)),
        outdated: staying.find((pod) => !isUpdated(set, pod, hash)),
      };
    });
}

function desiredCount({ nodes }: World): number {
  return nodes.filter(({ verdict }) => verdict.shouldRun).length;
}

function isUp({ set, now }: World, pod: Pod): boolean {
  return isAvailable(pod, set.spec.minReadySeconds ?? 0, now);
}

function isSurging(set: DaemonSet): boolean {
  const { type = 'RollingUpdate', rollingUpdate } = set.spec.updateStrategy ?? {};
  return type === 'RollingUpdate' && scaled(rollingUpdate?.maxSurge ?? 0, 100, 'up') > 0;
}

function isLeaving(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

function older(a: Pod, b: Pod): number {
  const [x, y] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  return x < y ? -1 : x > y ? 1 : a.metadata.uid < b.metadata.uid ? -1 : 1;
}
