/** What the server tells of the budgets of maintenance. */
import { useQuery } from '@tanstack/react-query';
import type { BudgetRules, Budgets, ZoneBudget } from '../../../src/server/contract/budgets.ts';
import { get } from './client.ts';

export type { BudgetRules, Budgets, ZoneBudget };

export const BUDGETS_KEY = ['budgets'];

export function useBudgets() {
  return useQuery({
    queryKey: BUDGETS_KEY,
    queryFn: ({ signal }) => get<Budgets>('/budgets', signal),
    refetchInterval: 10_000,
  });
}
