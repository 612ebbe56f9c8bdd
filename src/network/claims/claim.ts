/** A claim as the rules of this folder see it; what the API has more does not concern them. */

/**
 * `Allocated`: it has addresses that nobody has used yet. `Bound`: a sandbox has them. `Held`: the sandbox is gone, the
 * addresses wait for the next. `Conflict`: nobody has them, and somebody outside answers for one.
 */
export type ClaimPhase = 'Allocated' | 'Bound' | 'Held' | 'Conflict';

/** Who has the addresses, or had them last. */
export interface Holder {
  podUID: string;
  containerID: string;
  node: string;
  /** Grows with every hand-over: of two who say they hold an address, the greater is right. */
  epoch: number;
  /** Name of the CNI network. */
  network?: string;
}

export interface ClaimState {
  phase?: ClaimPhase;
  /** Name of the pool that the addresses are from. */
  pool?: string;
  ips?: string[];
  /** Addresses on their way back to the pool: no longer this claim's, not yet anybody else's. */
  releasing?: string[];
  holder?: Holder;
  lastNode?: string;
  boundAt?: string;
  /** Addresses that somebody outside answered for. */
  conflicts?: string[];
  /** Since when the holder's Pod has been missed; absent while it is there. */
  missingSince?: string;
}
