/** What the thread that reads clusters and the service tell each other. */
import type { LaidTable } from '../tables/index.ts';

export type TableState = 'syncing' | 'live' | 'stale' | 'forbidden' | 'disabled';

/** How well a kind's tables of one cluster follow the cluster. */
export interface TableStatus {
  readonly cluster: string;
  /** Of the kind's own table. */
  readonly table: string;
  /** Where only this namespace is followed for itself; empty for the whole cluster. */
  readonly namespace: string;
  /** Where listing the whole is forbidden: the namespaces that are shown instead. */
  readonly only?: readonly string[];
  /** It speaks of nothing any longer. */
  readonly gone?: true;
  readonly state: TableState;
  readonly rows: number;
  /** Milliseconds since the epoch, of the last sign of life. */
  readonly lastEvent: number | null;
  readonly resourceVersion: string;
  readonly error: string;
  /** Why `spec` and `status` are empty; empty itself where they are kept. */
  readonly documents: string;
}

export interface FeedInput {
  readonly clusters: readonly ClusterAccess[];
  /** Only these kinds, by plural; else all that the cluster serves. */
  readonly only?: readonly string[];
}

export interface ClusterAccess {
  readonly name: string;
  /** A kubeconfig file. Default: the usual places. */
  readonly kubeconfig?: string;
  readonly context?: string;
}

export type FromFeed =
  /** A batch of the engine, encoded. */
  | { readonly kind: 'batch'; readonly number: number; readonly payload: Uint8Array }
  | { readonly kind: 'tables'; readonly tables: readonly LaidTable[] }
  | { readonly kind: 'status'; readonly statuses: readonly TableStatus[] }
  | { readonly kind: 'discovered'; readonly cluster: string }
  | { readonly kind: 'trouble'; readonly message: string };

export type ToFeed =
  | { readonly kind: 'written'; readonly number: number; readonly error?: string }
  /** The engine is empty: begin again. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'stop' };
