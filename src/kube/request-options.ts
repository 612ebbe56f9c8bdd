/** What may be said with each request to an API server; names are those of the query parameters. */

export interface WriteOptions {
  namespace?: string;
  subresource?: string;
  fieldManager?: string;
  dryRun?: boolean;
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  signal?: AbortSignal;
}

export interface GetOptions {
  namespace?: string;
  subresource?: string;
  resourceVersion?: string;
  signal?: AbortSignal;
}

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  limit?: number;
  continue?: string;
  resourceVersion?: string;
  resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  signal?: AbortSignal;
}

export interface WatchOptions extends Omit<ListOptions, 'limit' | 'continue'> {
  allowWatchBookmarks?: boolean;
  sendInitialEvents?: boolean;
  timeoutSeconds?: number;
}

export interface Deletion {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  preconditions?: { uid?: string; resourceVersion?: string };
}
export interface DeleteOptions extends WriteOptions, Deletion {}
export interface DeleteCollectionOptions extends ListOptions, Deletion {
  dryRun?: boolean;
}

export type Patch =
  | { kind: 'json'; body: object[] }
  | { kind: 'merge'; body: object }
  | { kind: 'strategic'; body: object }
  /** Server-side apply; needs `fieldManager` in the options. */
  | { kind: 'apply'; body: object; force?: boolean };

export interface LogOptions {
  namespace: string;
  container?: string;
  follow?: boolean;
  previous?: boolean;
  timestamps?: boolean;
  tailLines?: number;
  sinceSeconds?: number;
  sinceTime?: string;
  limitBytes?: number;
  signal?: AbortSignal;
}
