/** How many Pods, and which, a step brings to the target. */
import { steeredCount } from '../course.ts';
import type { Step } from './seen.ts';

export interface StepGoal {
  readonly amount: number | string;
  /** In any case, those of the steps before included. */
  readonly named: readonly string[];
}

const ALL: StepGoal = { amount: '100%', named: [] };

/** `index` counts from 1; past the last step it is all of them. A step that only names Pods keeps the amount before it. */
export function stepGoal(steps: readonly Step[], index: number): StepGoal {
  if (index > steps.length) return ALL;
  const so = steps.slice(0, index);
  const amount = so.findLast(({ replicas }) => replicas !== undefined)?.replicas ?? 0;
  return { amount, named: [...new Set(so.flatMap(({ pods }) => pods ?? []))] };
}

/** Of so many replicas; names that no Pod has count for nothing. */
export function expectedCount(
  { amount, named }: StepGoal,
  replicas: number,
  pods: readonly { name: string }[],
): number {
  const count = steeredCount(amount, replicas);
  if (named.length === 0) return count;
  const names = new Set(pods.map(({ name }) => name));
  return Math.max(count, named.filter((name) => names.has(name)).length);
}

/** The first step, from `preferred` if that does, that takes no Pod back when so many are at the target already. */
export function stepFor(
  steps: readonly Step[],
  updated: number,
  expected: (goal: StepGoal) => number,
  preferred = 1,
): number {
  const holds = (index: number) => expected(stepGoal(steps, index)) >= updated;
  if (preferred >= 1 && preferred <= steps.length + 1 && holds(preferred)) return preferred;
  for (let index = 1; index <= steps.length; index++) if (holds(index)) return index;
  return steps.length + 1;
}
