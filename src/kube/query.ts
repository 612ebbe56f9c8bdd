/** Writes the options of a request as its query. */

import type { DeleteCollectionOptions, LogOptions, Patch, WatchOptions, WriteOptions } from './request-options.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `?a=1&b=2`, or nothing; undefined and empty values are left out. */
export function queryText(query: Query): string {
  let text = '';
  for (const key in query) {
    const value = query[key];
    if (value === undefined || value === '') continue;
    text += `${text ? '&' : '?'}${key}=${encodeURIComponent(value)}`;
  }
  return text;
}

export function writeQuery(o: WriteOptions): Query {
  return { fieldManager: o.fieldManager, dryRun: o.dryRun ? 'All' : undefined, fieldValidation: o.fieldValidation };
}

export function patchQuery(patch: Patch, o: WriteOptions): Query {
  return { ...writeQuery(o), force: patch.kind === 'apply' ? patch.force : undefined };
}

export function listQuery(o: Omit<DeleteCollectionOptions, 'signal' | 'namespace'>): Query {
  return {
    labelSelector: o.labelSelector,
    fieldSelector: o.fieldSelector,
    limit: o.limit,
    continue: o.continue,
    resourceVersion: o.resourceVersion,
    resourceVersionMatch: o.resourceVersionMatch,
    dryRun: o.dryRun ? 'All' : undefined,
  };
}

export function watchQuery(o: WatchOptions): Query {
  return {
    ...listQuery(o),
    watch: true,
    allowWatchBookmarks: o.allowWatchBookmarks,
    sendInitialEvents: o.sendInitialEvents,
    timeoutSeconds: o.timeoutSeconds,
  };
}

export function logQuery(o: LogOptions): Query {
  const { namespace: _namespace, signal: _signal, ...query } = o;
  return query;
}
