import { z } from 'zod';
import { itemsOf, listOf, MOMENT } from './page.ts';

const SELECTOR = z.string().trim().max(500);

export const PLAN_SPEC = z.object({
  schedule: z.string().trim().min(1).max(100),
  timezone: z.string().max(64).optional(),
  selector: SELECTOR.optional(),
  hosts: z.array(z.string().max(253)).max(5000).readonly().optional(),
  checks: z.array(z.string().max(64)).max(100).readonly().optional(),
  way: z.string().max(16).optional(),
  timeoutSeconds: z.number().int().min(10).max(86_400).optional(),
  keep: z.number().int().min(1).max(1000).optional(),
  suspended: z.boolean().optional(),
  mail: z.boolean().optional().describe('The brief of each run is mailed to the people of the cluster'),
});

export const PLAN = z.object({
  name: z.string(),
  spec: PLAN_SPEC,
  updatedAt: MOMENT.describe('Sent back with a change: whoever saw an older plan is refused'),
});

const DATED_PLAN = PLAN.extend({ nextAt: MOMENT.nullable().describe('When it runs next; null for never') });

export const PLANS = itemsOf(DATED_PLAN);
export const TIMES = itemsOf(MOMENT);

const CHECK_NAME = z.object({ id: z.string(), name: z.string(), remedy: z.string() });

export const CHECK_NAMES = itemsOf(CHECK_NAME);

/** Whom an exemption concerns: a check, and either a host or a selector. */
export const AIM = z.object({
  check: z.string().max(64),
  host: z.string().trim().max(253).optional(),
  selector: SELECTOR.optional(),
});

export const EXEMPTION = z.object({
  id: z.number(),
  check: z.string(),
  host: z.string().optional(),
  selector: z.string().optional(),
  reason: z.string(),
  by: z.string(),
  createdAt: MOMENT,
  expiresAt: MOMENT,
});

const NAMED_EXEMPTION = EXEMPTION.extend({
  name: z.string().describe('Of the check, in the reader’s language'),
  inForce: z.boolean(),
});

export const EXEMPTIONS = itemsOf(NAMED_EXEMPTION);

export const EXEMPTION_REACH = z.object({
  run: z.number().optional().describe('The run that it was looked up in; missing while there was none'),
  hosts: z.number(),
  failing: z.number().describe('Of these, those that fail the check now'),
  names: listOf(z.string()).describe('The first of those'),
});

export type PlanSpec = z.infer<typeof PLAN_SPEC>;
export type Plan = z.infer<typeof DATED_PLAN>;
export type CheckName = z.infer<typeof CHECK_NAME>;
export type Exemption = z.infer<typeof NAMED_EXEMPTION>;
export type ExemptionReach = z.infer<typeof EXEMPTION_REACH>;
