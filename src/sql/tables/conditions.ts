/** Conditions of any object as a child table. */
import { type Column, text, time } from './column.ts';

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly lastTransitionTime?: string | undefined;
}

export const CONDITION_COLUMNS: readonly Column<Condition>[] = [
  text('type', 'which condition', (condition) => condition.type),
  text('status', '`True`, `False` or `Unknown`', (condition) => condition.status),
  text('reason', 'why, in one word', (condition) => condition.reason),
  text('message', 'why, in a sentence', (condition) => condition.message),
  time('last_transition_at', 'since when', (condition) => condition.lastTransitionTime),
];

export function statusOf(conditions: readonly Condition[] | undefined, type: string): string | undefined {
  return conditions?.find((condition) => condition.type === type)?.status;
}
