/** How many more Pods may be touched now. */
import { scaled } from '../control/index.ts';
import type { GroupSpec } from '../resources/index.ts';
import type { Goal } from './advance.ts';
import { workOf } from './advance.ts';
import type { Slot } from './allocation.ts';
import { isOut, type Member } from './member.ts';

/** Pods that may be out of service at once: of a share one at least, and one at least where no surge makes room. */
export function maxUnavailable({ replicas, updateStrategy }: Pick<GroupSpec, 'replicas' | 'updateStrategy'>): number {
  const { maxUnavailable: wanted, maxSurge: surge } = updateStrategy.rollingUpdate;
  const count = scaled(wanted, replicas, 'down');
  if (count > 0) return count;
  return !isNone(wanted) || isNone(surge) ? 1 : 0;
}

export function maxSurge({ replicas, updateStrategy }: Pick<GroupSpec, 'replicas' | 'updateStrategy'>): number {
  return scaled(updateStrategy.rollingUpdate.maxSurge, replicas, 'up');
}

function isNone(amount: number | string): boolean {
  return amount === 0 || amount === '0%';
}

export interface Candidate {
  readonly member: Member;
  readonly goal: Goal;
}

/**
 * The first of the candidates, in their order, that may be begun. Two limits hold: of the Pods under way no more may be out
 * of service than the Group allows, so that a bad revision cannot spread; and of all Pods no more, but that one which is
 * out of service anyway costs nothing. What no container feels is never held up.
 */
export function chooseToBegin(
  candidates: readonly Candidate[],
  slots: readonly Slot[],
  underWay: number,
  limit: number,
): ReadonlySet<Member> {
  let out = slots.filter(({ member }) => !member || isOut(member)).length;
  let busy = underWay;
  const begun = new Set<Member>();
  for (const { member, goal } of candidates) {
    const { level } = workOf(member, goal);
    if (level === 'None' || level === 'Dynamic') {
      begun.add(member);
      continue;
    }
    if (busy >= limit) continue;
    if (!isOut(member)) {
      if (out >= limit) continue;
      out++;
    }
    busy++;
    begun.add(member);
  }
  return begun;
}
