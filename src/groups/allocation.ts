/** Which revision each replica is to be of: so many at the target, the others as they were. */
import type { Group } from '../resources/index.ts';
import type { Course } from './course.ts';
import type { Member } from './member.ts';
import { updateOrder } from './order.ts';
import { podName } from './ordinals.ts';
import type { Version } from './revision.ts';

export interface Slot {
  readonly ordinal: number;
  /** The Pod that is there; one on its way out counts as none. */
  readonly member: Member | undefined;
}

/** Undefined for a Pod that is to stay what it is although nobody remembers what that was. */
export type Allocation = ReadonlyMap<number, Version | undefined>;

export function allocate(
  group: Group,
  slots: readonly Slot[],
  course: Course,
  versionOf: (hash: string) => Version | undefined,
): Allocation {
  const { target, stable, onDelete, back } = course;
  const chosen = new Set(onDelete ? [] : choose(group, slots, course));
  const allocation = new Map<number, Version | undefined>();
  for (const { ordinal, member } of slots) {
    if (onDelete) allocation.set(ordinal, member ? versionOf(member.hash) : target);
    else if (chosen.has(ordinal)) allocation.set(ordinal, target);
    else if (!member || back || member.hash === target.hash) allocation.set(ordinal, stable);
    else allocation.set(ordinal, member.hash === stable.hash ? stable : versionOf(member.hash));
  }
  return allocation;
}

/**
 * Those at the target already come first, so that nobody is taken back needlessly; then those on their way; then replicas
 * that have no Pod, as they cost nothing; then all others in the order of updates.
 */
function choose(group: Group, slots: readonly Slot[], { target, stable, updated, named }: Course): number[] {
  const members = slots.map(({ member }) => member).filter((member) => member !== undefined);
  const order = updateOrder(members, group.spec.updateStrategy.rollingUpdate, (member) => isMiddle(member));
  const place = new Map(order.map((member, i) => [member.ordinal, i]));
  const rank = ({ ordinal, member }: Slot) => {
    if (named.has(podName(group, ordinal))) return 0;
    if (member?.hash === target.hash) return member.available && !member.inFlight ? 1 : 2;
    if (member?.record?.revision === target.hash) return 3;
    return member ? 5 : 4;
  };
  const ranked = slots
    .map((slot) => ({ ordinal: slot.ordinal, rank: rank(slot), place: place.get(slot.ordinal) ?? 0 }))
    .sort((a, b) => a.rank - b.rank || a.place - b.place || b.ordinal - a.ordinal);
  const count = Math.max(updated, ranked.filter((one) => one.rank === 0).length);
  return ranked.slice(0, count).map(({ ordinal }) => ordinal);

  function isMiddle({ hash }: Member): boolean {
    return hash !== target.hash && hash !== stable.hash;
  }
}
