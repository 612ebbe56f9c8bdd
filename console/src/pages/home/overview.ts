/** What the first page is told. */
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.ts';

export interface Zone {
  readonly zone: string | null;
  readonly hosts: number;
  readonly ready: number;
  readonly cordoned: number;
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
}

export interface Overview {
  readonly hosts: readonly Zone[];
  readonly pods: readonly { readonly phase: string; readonly ready: boolean; readonly pods: number }[];
  readonly requested: readonly Pick<Zone, 'zone' | 'cpu' | 'memory' | 'pods'>[];
  /** Hosts by tenth of their processor that is asked for. */
  readonly allocation: readonly { readonly tenth: number | null; readonly hosts: number }[];
  readonly waiting: readonly { readonly reason: string | null; readonly pods: number }[];
  readonly ageSeconds: number;
}

export function useOverview() {
  return useQuery({ queryKey: ['fleet'], queryFn: ({ signal }) => get<Overview>('/overview', signal) });
}

export function sumOf<T>(rows: readonly T[], of: (row: T) => number): number {
  return rows.reduce((sum, row) => sum + of(row), 0);
}
