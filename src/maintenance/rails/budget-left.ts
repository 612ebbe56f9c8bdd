/** What is left of the budgets in each zone, and the rules as an administrator has set them. */
import type { Ledger } from '../ledger.ts';
import { type BudgetRules, DEFAULT_BUDGETS } from './budget.ts';

const NAME = 'budgets';

export async function budgetRules(ledger: Ledger): Promise<BudgetRules> {
  return { ...DEFAULT_BUDGETS, ...(await ledger.setting<Partial<BudgetRules>>(NAME)) };
}

export function setBudgetRules(ledger: Ledger, rules: BudgetRules, actor: string): Promise<void> {
  return ledger.set(NAME, rules, actor);
}

export interface ZoneHosts {
  readonly zone: string;
  readonly hosts: number;
  readonly ready: number;
  /** Hosts in maintenance. */
  readonly held: number;
}

export interface ZoneBudget extends ZoneHosts {
  /** Hosts that may be in maintenance at once. */
  readonly most: number;
  /** Hosts that may still go; 0 while too much of the zone is ill. */
  readonly left: number;
  /** So much of the zone is well that one more may go. */
  readonly healthy: boolean;
}

export function zoneBudget(zone: ZoneHosts, rules: BudgetRules): ZoneBudget {
  const most = zone.hosts === 0 ? 0 : Math.max(1, Math.floor(zone.hosts * rules.zoneShare));
  const healthy = zone.hosts > 0 && zone.ready / zone.hosts >= rules.zoneHealthy;
  return { ...zone, most, healthy, left: healthy ? Math.max(0, most - zone.held) : 0 };
}
