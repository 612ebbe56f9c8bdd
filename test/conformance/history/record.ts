/** What the clients of a run saw and did, in the order in which it came to them. */
import type { Body } from './wire.ts';

/** A kind under test; all that is checked lives in `metadata`, so that any kind will do. */
export interface Kind {
  readonly name: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** `/api/v1` or `/apis/{group}/{version}`. */
  readonly root: string;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** `metadata` as far as it matters here. */
export interface Meta {
  readonly name: string;
  readonly namespace: string;
  readonly resourceVersion: string;
  readonly uid: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly deletionTimestamp?: string;
}

export interface Write {
  readonly id: string;
  readonly client: string;
  readonly kind: string;
  /** `namespace/name` */
  readonly key: string;
  readonly verb: 'create' | 'update' | 'patch' | 'apply' | 'delete';
  /** The version that must still be the current one. */
  readonly onlyAt?: string;
  /** The label that the object has after it, where the write says so. */
  readonly color?: string;
  /** When it was sent and when it was answered, as places in one sequence. */
  readonly began: number;
  ended?: number;
  /** `unknown`: the connection ended before the answer. */
  outcome: 'ok' | 'refused' | 'unknown';
  status?: number;
  /** Metadata of the object in the answer. */
  meta?: Meta;
  /** The object that a deletion has ended. */
  goneUid?: string;
}

export interface Listing {
  readonly client: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly labels: string | undefined;
  readonly began: number;
  /** Was no revision asked for? Then nothing acknowledged before may be missing. */
  readonly newest: boolean;
  readonly rev: number;
  readonly pages: number;
  readonly items: readonly Meta[];
}

export interface WatchedEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly rev: number;
  readonly meta?: Meta;
  /** The whole object, where the client asked for it. */
  readonly object?: Body;
  readonly initialEnd?: true;
  readonly code?: number;
}

/** One watch from its first byte to its last. */
export interface WatchRecord {
  readonly client: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly labels: string | undefined;
  readonly form: Form;
  /** Changes after this revision are expected; undefined: the state comes first. */
  readonly from: number | undefined;
  readonly began: number;
  readonly events: WatchedEvent[];
}

export type Form = 'Object' | 'Table' | 'Metadata';

/** Updates sent at once, all of which must find the same version. */
export interface Race {
  readonly key: string;
  readonly onlyAt: string;
  readonly statuses: readonly (number | 'unknown')[];
}

/** What a watcher came to hold in the end, across all its watches. */
export interface Cache {
  readonly client: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly labels: string | undefined;
  /** Names of objects with their revisions. */
  readonly items: ReadonlyMap<string, string>;
}

export interface History {
  readonly seed: number;
  readonly races: Race[];
  readonly caches: Cache[];
  /** Answers and streams that no server should give. */
  readonly oddities: string[];
  /** In the order in which they were sent. */
  readonly writes: Write[];
  readonly listings: Listing[];
  readonly watches: WatchRecord[];
  /** For each kind, watches of everything that are never cut by the client: what the others are compared with. */
  readonly witnesses: WatchRecord[];
  /** What the witnesses began from, in turn. */
  readonly bases: Listing[];
  /** Lists of everything when all was quiet. */
  readonly last: Listing[];
}
