/**
 * Who may have a claim's addresses, and from whom they may be taken. The rules keep one promise: two sandboxes that may
 * both be alive never have one address. A sandbox is known to be gone when its DEL was seen, or its host is known to be
 * dead; that its Pod is gone from the API proves nothing.
 */
import { rfc3339 } from '../../kube/index.ts';
import type { ClaimState, Holder } from './claim.ts';

/** One ADD. */
export interface Attachment {
  readonly podUID: string;
  readonly containerID: string;
  readonly node: string;
  readonly network?: string;
}

/** What is known of the host of the present holder; absent means unknown, and unknown never helps. */
export interface HostEvidence {
  /** Its Node is deleted, or tainted out-of-service: whoever did that has made sure that nothing runs there. */
  readonly fenced?: boolean;
  readonly leaseExpired?: boolean;
  /** Nothing routes the addresses to it any more. */
  readonly routeWithdrawn?: boolean;
  /** The addresses answer neither ARP nor ping. */
  readonly silent?: boolean;
}

export type Decision =
  /** The addresses are the caller's once this state is written. */
  | { readonly kind: 'bind'; readonly state: ClaimState; readonly takenOver: boolean }
  /** The caller has them already. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'refuse'; readonly reason: Refusal; readonly message: string };

/** `NoAddress` and `InUse` pass with time, `Conflict` when the intruder has gone. */
export type Refusal = 'NoAddress' | 'InUse' | 'Conflict' | 'Leaving';

export interface AddInput {
  readonly state: ClaimState;
  readonly attachment: Attachment;
  /** The claim is being deleted. */
  readonly leaving: boolean;
  /** The claim's spec asks for other addresses than it has. */
  readonly outdated: boolean;
  readonly evidence: HostEvidence;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Whose host must be judged before {@link decideAdd} can allow a take-over; undefined: nobody's. */
export function rivalOf(state: ClaimState, { podUID }: Attachment): Holder | undefined {
  return state.phase === 'Bound' && state.holder && state.holder.podUID !== podUID ? state.holder : undefined;
}

export function decideAdd({ state, attachment, leaving, outdated, evidence, now }: AddInput): Decision {
  if (isHolder(state, attachment)) return { kind: 'keep' };
  const rival = rivalOf(state, attachment);
  const own = state.phase === 'Bound' && !rival;
  if (leaving && !own) return refuse('Leaving', 'the claim is being deleted');
  if (!state.ips?.length) return refuse('NoAddress', 'the claim has no address yet');
  if (rival && !mayTakeOver(evidence)) return refuse('InUse', inUse(state, rival, evidence));
  if (outdated && !own) return refuse('NoAddress', 'the claim is to get other addresses');
  return { kind: 'bind', state: bound(state, attachment, now), takenOver: rival !== undefined };
}

/** The state after a DEL, or undefined when it changes nothing: a DEL may come late, twice, or for a sandbox never known. */
export function decideDel(state: ClaimState, containerID: string): ClaimState | undefined {
  return state.phase === 'Bound' && state.holder?.containerID === containerID ? held(state) : undefined;
}

/** The state after a GC that named all attachments alive on a node, or undefined when it changes nothing. */
export function decideGc(
  state: ClaimState,
  at: { readonly node: string; readonly network?: string; readonly alive: ReadonlySet<string> },
): ClaimState | undefined {
  const { holder } = state;
  if (state.phase !== 'Bound' || holder?.node !== at.node || holder.network !== at.network) return undefined;
  return at.alive.has(holder.containerID) ? undefined : held(state);
}

/** The addresses wait for whoever comes next. */
export function held(state: ClaimState): ClaimState {
  const { missingSince: _, ...rest } = state;
  return { ...rest, phase: 'Held', ...(state.holder && { lastNode: state.holder.node }) };
}

/** Somebody outside answers for these addresses. Who has them keeps them; otherwise nobody gets them now. */
export function conflicted(state: ClaimState, conflicts: readonly string[]): ClaimState {
  return { ...state, ...(state.phase !== 'Bound' && { phase: 'Conflict' as const }), conflicts: [...conflicts] };
}

/** What is wrong with this attachment, or undefined. */
export function faultOf(state: ClaimState, attachment: Attachment, ips: readonly string[]): string | undefined {
  if (!isHolder(state, attachment)) return `the address is not this container's: ${holderText(state)}`;
  const lost = ips.filter((ip) => !state.ips?.includes(ip));
  return lost.length > 0 ? `${lost.join(', ')} is no longer the claim's; it has ${state.ips?.join(', ')}` : undefined;
}

/** Is the holder known to be gone without its DEL? */
export function mayTakeOver({ fenced, leaseExpired, routeWithdrawn, silent }: HostEvidence): boolean {
  return fenced === true || (leaseExpired === true && routeWithdrawn === true && silent === true);
}

function isHolder({ phase, holder }: ClaimState, { podUID, containerID, node }: Attachment): boolean {
  return phase === 'Bound' && holder?.podUID === podUID && holder.containerID === containerID && holder.node === node;
}

function bound(state: ClaimState, { podUID, containerID, node, network }: Attachment, now: number): ClaimState {
  const { conflicts: _, missingSince: __, ...rest } = state;
  const epoch = (state.holder?.epoch ?? 0) + 1;
  const holder = { podUID, containerID, node, epoch, ...(network !== undefined && { network }) };
  return { ...rest, phase: 'Bound', holder, lastNode: node, boundAt: rfc3339(now) };
}

function refuse(reason: Refusal, message: string): Decision {
  return { kind: 'refuse', reason, message };
}

function inUse(state: ClaimState, rival: Holder, { leaseExpired }: HostEvidence): string {
  const host = leaseExpired
    ? `node ${rival.node} is silent but may be alive`
    : `node ${rival.node} has not given it up`;
  return `${state.ips?.join(', ')} is held by Pod ${rival.podUID}: ${host}; taint it node.kubernetes.io/out-of-service or delete it once it is surely off`;
}

function holderText({ phase, holder }: ClaimState): string {
  return holder
    ? `${phase} by container ${holder.containerID} on ${holder.node}`
    : `nobody holds it (${phase ?? 'new'})`;
}
