/** What becomes of a host by itself: the next status that nobody needs to ask for. Pure. */
import type { HostState } from './host-book.ts';
import type { HostStatus } from './host-status.ts';
import { type HostFacts, missingFor, type TransitionRules } from './transition.ts';

export interface AutomaticStep {
  readonly to: HostStatus;
  readonly reason: string;
}

/** Said in the reason of every suspicion that nobody voiced, so that it may end by itself too. */
const DOUBT = 'in doubt: ';

/**
 * @param doubt why the host may be unwell, in words; nothing when there is no reason to doubt
 */
export function automaticStep(
  state: HostState,
  facts: HostFacts,
  doubt: string | undefined,
  rules: TransitionRules,
): AutomaticStep | undefined {
  const { status, pinned, operation, reason } = state;
  if (pinned || operation !== undefined) return undefined;
  if (status === 'ready' && doubt) return { to: 'suspect', reason: DOUBT + doubt };
  if (status === 'suspect' && !doubt && reason.startsWith(DOUBT)) return { to: 'ready', reason: 'the doubt is over' };
  const forward = { registered: 'initializing', initializing: 'testing', testing: 'ready' } as const;
  const to = status in forward ? forward[status as keyof typeof forward] : undefined;
  if (!to || missingFor(facts, status, to, rules).length > 0) return undefined;
  return { to, reason: REASONS[to] };
}

const REASONS = {
  initializing: 'the inventory is complete',
  testing: 'network and images are there',
  ready: 'burnt in, and nothing was found',
} as const;
