/**
 * Which Pods of a service are published as ready, though the cluster may have lost sight of their hosts.
 *
 * What a Pod says of itself is obeyed at once. What is said of it because its host is silent is obeyed late, slowly, and
 * not at all when so much is silent at once that the silence is more likely ours.
 */
import type { Verdict } from './verdict.ts';

export interface GuardPolicy {
  /** Share of ready endpoints under which losses that are the hosts' are not believed any more; 0 to 1. */
  readonly panicThreshold: number;
  /** Share of Pods on silent hosts from which they are held for as long as it lasts; 0 to 1. */
  readonly suspectThreshold: number;
  readonly holdMs: number;
  /** Below the panic threshold: keep the last good endpoints, publish every Pod, or let go. */
  readonly panicMode: 'LastGood' | 'All' | 'None';
}

export const DEFAULT_POLICY: GuardPolicy = {
  panicThreshold: 0.5,
  suspectThreshold: 0.3,
  holdMs: 300_000,
  panicMode: 'LastGood',
};

/** A Pod with an address that the selector chose. */
export interface Candidate {
  readonly uid: string;
  readonly verdict: Verdict;
  /** How the slices have it now; undefined when they do not have it. */
  readonly published: boolean | undefined;
  /** Its zone, or the cluster, is silent as a whole. */
  readonly disrupted: boolean;
}

export type HoldReason = 'NodeStuck' | 'NodesSuspect' | 'Disruption' | 'RateLimited' | 'Panic';

export interface Guarded {
  readonly ready: ReadonlySet<string>;
  /** Published as ready against the cluster's word. */
  readonly held: ReadonlyMap<string, HoldReason>;
  /** Removals because of hosts that were let through within the last minute, by uid: when. */
  readonly removals: ReadonlyMap<string, number>;
  /** When to look again, in ms; undefined when only a change can change this. */
  readonly lookAgainMs?: number;
}

/** So much of a service may be taken away within {@link PACE_MS} because of its hosts. */
const PACE_SHARE = 0.1;
const PACE_MS = 60_000;
/** Whoever is held because others are silent is looked at again so often. */
const LOOK_MS = 15_000;

export function guard(
  candidates: readonly Candidate[],
  policy: GuardPolicy,
  before: ReadonlyMap<string, number>,
  now: number,
): Guarded {
  const live = candidates.filter(({ verdict }) => verdict.kind !== 'Terminating');
  const sorted = sort(live, policy, now);
  const recent = new Map([...before].filter(([, at]) => now - at < PACE_MS));
  if (isPanic(live, sorted, policy)) return panicked(live, sorted, recent, policy);
  return paced(live, sorted, recent, now);
}

interface Sorted {
  readonly serving: Candidate[];
  readonly held: Map<string, HoldReason>;
  /** Published, and due to go because of their hosts; longest silent first. */
  readonly due: Candidate[];
  lookAgainMs: number | undefined;
}

function sort(live: readonly Candidate[], policy: GuardPolicy, now: number): Sorted {
  const suspects = live.filter(({ verdict }) => verdict.kind === 'NodeSuspect').length;
  const widespread = suspects > 0 && suspects >= policy.suspectThreshold * live.length;
  const sorted: Sorted = { serving: [], held: new Map(), due: [], lookAgainMs: undefined };
  for (const candidate of live) place(candidate, sorted, widespread, policy, now);
  sorted.due.sort((a, b) => sinceOf(a) - sinceOf(b));
  return sorted;
}

function place(candidate: Candidate, sorted: Sorted, widespread: boolean, policy: GuardPolicy, now: number): void {
  const { uid, verdict, published, disrupted } = candidate;
  if (verdict.kind === 'Serving') sorted.serving.push(candidate);
  else if (verdict.kind === 'NodeStuck') sorted.held.set(uid, 'NodeStuck');
  if ('stuckAt' in verdict && verdict.stuckAt !== undefined) look(sorted, verdict.stuckAt - now);
  if (verdict.kind !== 'NodeSuspect' || published === false || verdict.evidence === 'Fenced') return;
  const patience = verdict.since + policy.holdMs - now;
  const silent = verdict.evidence === 'None';
  if (silent && (widespread || disrupted)) hold(sorted, uid, 'Disruption', LOOK_MS);
  else if (silent && patience > 0) hold(sorted, uid, 'NodesSuspect', Math.min(patience, LOOK_MS));
  else if (published) sorted.due.push(candidate);
}

function hold(sorted: Sorted, uid: string, reason: HoldReason, lookMs: number): void {
  sorted.held.set(uid, reason);
  look(sorted, lookMs);
}

function look(sorted: Sorted, ms: number): void {
  sorted.lookAgainMs = Math.min(sorted.lookAgainMs ?? ms, ms);
}

/** Would the losses leave too few, and are most of the losses the hosts'? With `All` it does not matter whose they are. */
function isPanic(live: readonly Candidate[], sorted: Sorted, policy: GuardPolicy): boolean {
  if (policy.panicMode === 'None' || live.length === 0) return false;
  const left = sorted.serving.length + sorted.held.size;
  if (left >= policy.panicThreshold * live.length) return false;
  if (policy.panicMode === 'All') return true;
  const gone = live.filter(({ uid, verdict }) => verdict.kind === 'NodeSuspect' && !sorted.held.has(uid)).length;
  return 2 * gone > live.length - left;
}

function panicked(
  live: readonly Candidate[],
  sorted: Sorted,
  removals: ReadonlyMap<string, number>,
  policy: GuardPolicy,
): Guarded {
  const kept = policy.panicMode === 'All' ? live.filter(({ verdict }) => verdict.kind !== 'Serving') : sorted.due;
  const held = new Map(sorted.held);
  for (const { uid } of kept) if (!held.has(uid)) held.set(uid, 'Panic');
  return { ready: readyOf(sorted.serving, held), held, removals, lookAgainMs: LOOK_MS };
}

function paced(live: readonly Candidate[], sorted: Sorted, recent: Map<string, number>, now: number): Guarded {
  const held = new Map(sorted.held);
  const pace = Math.max(1, Math.ceil(PACE_SHARE * live.length));
  for (const { uid } of sorted.due) {
    if (recent.has(uid)) continue;
    if (recent.size < pace) recent.set(uid, now);
    else held.set(uid, 'RateLimited');
  }
  const freed = [...held.values()].includes('RateLimited') ? Math.min(...recent.values()) + PACE_MS - now : undefined;
  if (freed !== undefined) look(sorted, freed);
  const { lookAgainMs } = sorted;
  return {
    ready: readyOf(sorted.serving, held),
    held,
    removals: recent,
    ...(lookAgainMs !== undefined && { lookAgainMs: Math.max(1, lookAgainMs) }),
  };
}

function readyOf(serving: readonly Candidate[], held: ReadonlyMap<string, HoldReason>): Set<string> {
  return new Set([...serving.map(({ uid }) => uid), ...held.keys()]);
}

function sinceOf({ verdict }: Candidate): number {
  return verdict.kind === 'NodeSuspect' ? verdict.since : 0;
}
