/** A way to a host: runs the collector there, or takes what it has left. Judges nothing. */
import type { Subject } from '../subject.ts';

export interface Transport {
  readonly name: string;
  /** Rejects when the host did not answer. */
  collect(subject: Subject, signal: AbortSignal): Promise<Collected>;
}

export interface Collected {
  readonly text: string;
  /** Of facts that an agent has sent by itself: when, and how often it does so. */
  readonly sent?: { readonly at: number; readonly intervalMs: number };
}
