/** What an answer's reader should know of it: tables that do not follow their cluster at the moment. */
import type { TableStatus } from './feed/message.ts';

export interface Notice {
  /** SQLSTATE of class 01. */
  readonly code: string;
  readonly message: string;
}

export function freshness(statuses: readonly TableStatus[], now: number): Notice[] {
  return statuses.flatMap((status) => {
    const message = sentence(status, now);
    return message ? [{ code: '01000', message }] : [];
  });
}

function sentence({ table, cluster, state, lastEvent, error, only }: TableStatus, now: number): string | undefined {
  const why = error ? `: ${error}` : '';
  switch (state) {
    case 'live':
      return undefined;
    case 'syncing':
      return `table ${table} of cluster ${cluster} is still being filled; rows are missing${why}`;
    case 'stale':
      return `table ${table} of cluster ${cluster} is ${ageOf(lastEvent, now)} old${why}`;
    case 'forbidden':
      if (only?.length)
        return `table ${table} of cluster ${cluster} shows ${only.join(', ')} only: listing other namespaces is forbidden`;
      return `table ${table} of cluster ${cluster} is empty: listing is forbidden${why}`;
    case 'disabled':
      return `table ${table} of cluster ${cluster} is empty: it is not followed`;
  }
}

function ageOf(lastEvent: number | null, now: number): string {
  return lastEvent === null ? 'of unknown age' : `${Math.round((now - lastEvent) / 1000)} s`;
}
