import type { KubeClient } from './client.ts';
import type { Clock } from './clock.ts';

export interface LeaderElectionOptions {
  readonly lease: { readonly namespace: string; readonly name: string };
  readonly identity: string;
  /** @default 15_000 */
  readonly leaseDurationMs?: number;
  /** @default 10_000 */
  readonly renewDeadlineMs?: number;
  /** @default 2_000 */
  readonly retryPeriodMs?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** Rises with every change of leader: a writer that carries a lower one than was seen is no longer the leader. */
export interface Fence {
  readonly token: number;
  readonly identity: string;
}

export class LeaderElection {
  constructor(_client: KubeClient, _options: LeaderElectionOptions) {}
  /** Leads whenever it can until `signal` aborts; `lead`'s own signal aborts as soon as leading is over. */
  run(_signal: AbortSignal, _lead: (fence: Fence, signal: AbortSignal) => Promise<void>): Promise<void> {
    throw new Error('not there yet');
  }
}
