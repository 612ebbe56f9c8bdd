/**
 * How many Pods are to be at which revision for now: by the Group's own partition, or as a Release steers it.
 *
 * A Release never edits its Group. It writes `status.steering` (resources/steering.ts) to itself, and as long as that stands
 * there the Group obeys it: `updated` Pods, those in `pods` among them, are brought to `targetRevision`, all others stay at,
 * or with mode Rollback return to, `stableRevision`. Revisions are names of the Group's ControllerRevisions; the newest one is
 * in the Group's `status.updateRevision`. While a Release has begun and steers not yet, no Pod is updated.
 */
import { scaled } from '../control/index.ts';
import type { Group, Steering } from '../resources/index.ts';
import type { Version } from './revision.ts';

export interface Course {
  /** What Pods are brought to. */
  readonly target: Version;
  /** What Pods are that are not brought to it. */
  readonly stable: Version;
  /** So many Pods are to be at the target. */
  readonly updated: number;
  /** These in any case, by name. */
  readonly named: ReadonlySet<string>;
  /** Pods of a third revision go to the stable one too. */
  readonly back: boolean;
  /** No further Pod is begun. */
  readonly paused: boolean;
  /** Pods take the target only when somebody deletes them. */
  readonly onDelete: boolean;
  readonly steered: boolean;
}

export interface Steered {
  readonly steering: Steering | undefined;
  /** A Release of this Group is under way. */
  readonly running: boolean;
}

export function courseOf(
  group: Group,
  update: Version,
  current: Version,
  release: Steered,
  versions: (name: string) => Version | undefined,
): Course {
  const { type, rollingUpdate } = group.spec.updateStrategy;
  const own = {
    target: update,
    stable: current,
    updated: ownCount(group, current, update),
    named: new Set<string>(),
    back: false,
    paused: rollingUpdate.paused,
    onDelete: type === 'OnDelete',
    steered: false,
  };
  const { steering } = release;
  if (!steering || !holdsFor(steering, update)) return release.running ? { ...own, updated: 0 } : own;
  const [target, stable] = [versions(steering.targetRevision), versions(steering.stableRevision)];
  if (!target || !stable) return { ...own, updated: 0, paused: true };
  const back = steering.mode !== 'Run';
  return {
    target,
    stable,
    updated: back ? 0 : steeredCount(steering.updated, group.spec.replicas),
    named: new Set(back ? [] : steering.pods),
    back,
    paused: steering.mode === 'Run' && rollingUpdate.paused,
    onDelete: false,
    steered: true,
  };
}

/** A run that has failed holds the Group only as long as the template is the one that failed. */
function holdsFor({ mode, targetRevision }: Steering, update: Version): boolean {
  return mode !== 'Hold' || targetRevision === update.name;
}

/** All but the partition. Of a percentage below 100 at least one Pod is updated, or nothing would ever be tried. */
function ownCount(group: Group, current: Version, update: Version): number {
  const { replicas } = group.spec;
  if (current.name === update.name) return replicas;
  const { partition } = group.spec.updateStrategy.rollingUpdate;
  const count = Math.max(0, replicas - scaled(partition, replicas, 'up'));
  return isShare(partition) && replicas > 1 ? Math.max(1, count) : count;
}

/** A step of a percentage updates one Pod at least, and below 100 it does not update all. */
export function steeredCount(updated: number | string, replicas: number): number {
  const count = Math.min(replicas, scaled(updated, replicas, 'up'));
  if (!isShare(updated) || replicas < 2 || updated === '0%') return count;
  return Math.min(replicas - 1, Math.max(1, count));
}

function isShare(amount: number | string): boolean {
  return typeof amount === 'string' && amount !== '100%';
}
