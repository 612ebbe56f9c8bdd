/** Lists are filtered, sorted and paged by the server; the console holds one page. */
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { get } from './client.ts';

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

export interface ListPage<T> {
  readonly items: readonly T[];
  readonly total: number;
  /** How old the oldest table behind it is, in seconds. */
  readonly ageSeconds: number;
}

export function useList<T>(name: string, query: ListQuery): UseQueryResult<ListPage<T>> {
  const text = queryText(query);
  return useQuery({
    queryKey: ['list', name, text],
    queryFn: ({ signal }) => get<ListPage<T>>(`/lists/${name}?${text}`, signal),
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
