import { z } from 'zod';
import { listOf } from './page.ts';

export const BUDGET_RULES = z.object({
  perRack: z.number().int().min(1).max(100),
  zoneShare: z.number().min(0).max(1).describe('Share of a zone that may be away, at least one host'),
  zoneHealthy: z.number().min(0).max(1).describe('Share of a zone that must be well'),
});

const ZONE_BUDGET = z.object({
  zone: z.string(),
  hosts: z.number(),
  ready: z.number(),
  held: z.number().describe('Hosts in maintenance'),
  most: z.number().describe('Hosts that may be in maintenance at once'),
  left: z.number().describe('Hosts that may still go'),
  healthy: z.boolean().describe('So much of the zone is well that one more may go'),
});

export const BUDGETS = z.object({
  rules: BUDGET_RULES,
  zones: listOf(ZONE_BUDGET),
  stopped: z.object({ reason: z.string(), actor: z.string() }).nullable().describe('All maintenance is stopped'),
});

export type BudgetRules = z.infer<typeof BUDGET_RULES>;
export type ZoneBudget = z.infer<typeof ZONE_BUDGET>;
export type Budgets = z.infer<typeof BUDGETS>;
