/** Lists are filtered, sorted and paged by the server; the console holds one page. */
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { ApplicationRow, HostRow, ListedRelease, PendingRow, PodRow } from '../../../src/server/contract/rows.ts';
import { get } from './client.ts';

export type { ApplicationRow, HostRow, ListedRelease, PendingRow, PodRow };

export interface ListQuery {
  readonly search?: string;
  /** Exact values by column. */
  readonly filters?: Readonly<Record<string, string>>;
  /** A column, with `-` before it for the other way round. */
  readonly sort?: string;
  /** From 1. */
  readonly page?: number;
  readonly pageSize?: number;
}

export interface Lists {
  readonly hosts: HostRow;
  readonly pods: PodRow;
  readonly pending: PendingRow;
  readonly applications: ApplicationRow;
  readonly releases: ListedRelease;
}

export type ListName = keyof Lists;

export interface ListPage<T> {
  readonly items: readonly T[];
  readonly total: number;
  /** How old the oldest table behind it is, in seconds. */
  readonly ageSeconds: number;
}

export function useList<L extends ListName>(name: L, query: ListQuery): UseQueryResult<ListPage<Lists[L]>> {
  const text = queryText(query);
  return useQuery({
    queryKey: ['list', name, text],
    queryFn: ({ signal }) => get<ListPage<Lists[L]>>(`/lists/${name}?${text}`, signal),
    placeholderData: keepPreviousData,
  });
}

function queryText({ search, filters = {}, sort, page = 1, pageSize = 20 }: ListQuery): string {
  const text = new URLSearchParams({ page: String(page), pageSize: String(pageSize) });
  if (search) text.set('search', search);
  if (sort) text.set('sort', sort);
  for (const [column, value] of Object.entries(filters)) text.append('filter', `${column}:${value}`);
  return text.toString();
}
