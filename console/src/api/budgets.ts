/** What the server tells of the budgets of maintenance. */
import { useQuery } from '@tanstack/react-query';
import { get } from './client.ts';

export interface BudgetRules {
  readonly perRack: number;
  /** Share of a zone. */
  readonly zoneShare: number;
  readonly zoneHealthy: number;
}

export interface ZoneBudget {
  readonly zone: string;
  readonly hosts: number;
  readonly ready: number;
  readonly held: number;
  readonly most: number;
  readonly left: number;
  readonly healthy: boolean;
}

export interface Budgets {
  readonly rules: BudgetRules;
  readonly zones: readonly ZoneBudget[];
  readonly stopped: { readonly reason: string; readonly actor: string } | null;
}

export const BUDGETS_KEY = ['budgets'];

export function useBudgets() {
  return useQuery({
    queryKey: BUDGETS_KEY,
    queryFn: ({ signal }) => get<Budgets>('/budgets', signal),
    refetchInterval: 10_000,
  });
}
