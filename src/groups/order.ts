/** Which Pods are updated first. */
import { selectorOf } from '../kube/index.ts';
import type { GroupSpec } from '../resources/index.ts';
import type { Member } from './member.ts';

type RollingUpdate = GroupSpec['updateStrategy']['rollingUpdate'];
type Strategies = Pick<RollingUpdate, 'priorityStrategy' | 'scatterStrategy'>;

/**
 * Pods that serve nobody come first: whatever they become is no loss. Then those of neither the old nor the new revision,
 * then by the Group's priorities, then from the highest ordinal down; at last the ones that are to be spread are spread.
 */
export function updateOrder(
  members: readonly Member[],
  strategies: Strategies,
  isMiddle: (member: Member) => boolean = () => false,
): Member[] {
  const priority = priorityOf(strategies.priorityStrategy);
  const sorted = members.toSorted(
    (a, b) =>
      Number(isScheduled(a)) - Number(isScheduled(b)) ||
      phase(a) - phase(b) ||
      Number(a.ready) - Number(b.ready) ||
      Number(isMiddle(b)) - Number(isMiddle(a)) ||
      priority(a, b) ||
      b.ordinal - a.ordinal,
  );
  return (strategies.scatterStrategy ?? []).reduce(scatter, sorted);
}

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

function phase({ pod }: Member): number {
  return PHASES[pod.status?.phase ?? 'Pending'] ?? 1;
}

function isScheduled({ pod }: Member): boolean {
  return pod.spec.nodeName !== undefined;
}

function priorityOf(strategy: Strategies['priorityStrategy']): (a: Member, b: Member) => number {
  const terms = (strategy?.weightPriority ?? []).map(({ weight, matchSelector }) => ({
    weight,
    selector: selectorOf(matchSelector),
  }));
  const weights = new Map<Member, number>();
  const weight = (member: Member) => {
    const known = weights.get(member);
    if (known !== undefined) return known;
    const matching = terms.filter(({ selector }) => selector.matches(member.pod.metadata.labels));
    const sum = matching.reduce((total, term) => total + term.weight, 0);
    weights.set(member, sum);
    return sum;
  };
  const keys = (strategy?.orderPriority ?? []).map(({ orderedKey }) => orderedKey);
  return (a, b) => weight(b) - weight(a) || firstDifference(keys, a, b);
}

/** A label's value counts by the number at its end; Pods without the label come last. */
function firstDifference(keys: readonly string[], a: Member, b: Member): number {
  for (const key of keys) {
    const difference = numberIn(b, key) - numberIn(a, key);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numberIn({ pod }: Member, key: string): number {
  const match = /(\d+)$/.exec(pod.metadata.labels?.[key] ?? '');
  return match ? Number(match[1]) : -1;
}

/** Spreads the Pods with this label evenly over the others, keeping the order within both. */
function scatter(members: Member[], { key, value }: { key: string; value: string }): Member[] {
  const has = ({ pod }: Member) => pod.metadata.labels?.[key] === value;
  const [few, many] = [members.filter(has), members.filter((member) => !has(member))];
  if (few.length === 0 || many.length === 0) return members;
  const at = (i: number, of: number) => (i + 0.5) / of;
  const placed = [
    ...few.map((member, i) => ({ member, at: at(i, few.length) })),
    ...many.map((member, i) => ({ member, at: at(i, many.length) })),
  ];
  return placed.toSorted((a, b) => a.at - b.at).map(({ member }) => member);
}
