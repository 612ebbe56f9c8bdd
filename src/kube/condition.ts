/** Status conditions: one entry a type, whose transition time moves only when its status does. */
import { type Clock, rfc3339, systemClock } from './clock.ts';

export type ConditionStatus = 'True' | 'False' | 'Unknown';

/** What all kinds' conditions share; Pods and Nodes add fields of their own. */
export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  observedGeneration?: number;
}

/** What one says of a condition; the transition time is kept for him. */
export interface ConditionUpdate {
  type: string;
  status: ConditionStatus;
  reason?: string;
  message?: string;
  observedGeneration?: number;
}

/**
 * The conditions with this one put in place, in unchanged order; neither argument is touched. When nothing differs the
 * very array given comes back, so that a caller can tell by `===` that no write is due.
 */
export function setCondition<C extends Condition>(
  conditions: C[] | undefined,
  update: ConditionUpdate,
  clock: Clock = systemClock,
): C[] {
  const before = conditions?.find((condition) => condition.type === update.type);
  if (conditions && before && saysAlready(before, update)) return conditions;
  const lastTransitionTime =
    before?.status === update.status && before.lastTransitionTime ? before.lastTransitionTime : rfc3339(clock.now());
  const after = { ...before, ...update, lastTransitionTime } as C;
  if (!before) return [...(conditions ?? []), after];
  return conditions!.map((condition) => (condition === before ? after : condition));
}

/** The entry of this type, if there is one. */
export function conditionOf<C extends { type: string }>(
  object: { status?: { conditions?: readonly C[] } },
  type: string,
): C | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

/** Is there such a condition, and does it say True? */
export function isConditionTrue(
  object: { status?: { conditions?: readonly { type: string; status: string }[] } },
  type: string,
): boolean {
  return conditionOf(object, type)?.status === 'True';
}

function saysAlready(before: Condition, update: ConditionUpdate): boolean {
  return Object.entries(update).every(
    ([field, value]) => value === undefined || (before as unknown as Record<string, unknown>)[field] === value,
  );
}
