/** What the first page is told. */
import { useQuery } from '@tanstack/react-query';
import type { Overview, Zone } from '../../../../src/server/contract/overview.ts';
import { get } from '../../api/client.ts';

export type { Overview, Zone };

export function useOverview() {
  return useQuery({ queryKey: ['fleet'], queryFn: ({ signal }) => get<Overview>('/overview', signal) });
}

/** What nobody has said yet counts for nothing. */
export function sumOf<T>(rows: readonly T[], of: (row: T) => number | null): number {
  return rows.reduce((sum, row) => sum + (of(row) ?? 0), 0);
}
