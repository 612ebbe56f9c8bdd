import { z } from 'zod';
import { MEANING_KINDS, OPERATION_KINDS, OPERATION_STATES, STEPS } from '../../maintenance/vocabulary.ts';
import { itemsOf, listOf, MOMENT, pageOf } from './page.ts';

const MEANING = z.object({ kind: z.enum(MEANING_KINDS), host: z.string(), text: z.string() });

export const MEANINGS = itemsOf(MEANING);

/** Words are in the reader's language. */
const CAUSE = z.object({
  reason: z.string(),
  confidence: z.number().describe('0 to 1'),
  evidence: z.string(),
  repair: z.string().optional().describe('Missing where no repair of the list helps: a person must go'),
  drain: z.boolean().describe('Must the host be emptied?'),
});

export const CAUSES = itemsOf(CAUSE);

const REPAIR = z.object({ name: z.string(), text: z.string(), drain: z.boolean(), approval: z.boolean() });

export const REPAIR_LIST = itemsOf(REPAIR);

export const WISH = z.object({
  host: z.string().min(1).max(253),
  address: z.string().trim().min(1).max(253),
  kind: z.enum(OPERATION_KINDS),
  reason: z.string().trim().min(1).max(500),
  repair: z.string().max(64).optional(),
  drain: z.boolean().optional(),
  emptyDir: z.boolean().optional(),
  healthyMinutes: z
    .number()
    .min(0)
    .max(1440)
    .optional()
    .describe('How long the host must be well before it is given back'),
});

const AFFECTED_APPLICATION = z.object({
  application: z.string(),
  namespace: z.string(),
  owner: z.string(),
  pods: z.number(),
  replicas: z.number(),
});

const IMPACT = z.object({
  controlPlane: z.boolean().describe('The host runs part of the control plane'),
  pods: listOf(z.object({ pod: z.string(), act: z.string(), application: z.string() })),
  applications: listOf(AFFECTED_APPLICATION),
  blockers: listOf(z.string()).describe('What will keep the drain from ending'),
  homeless: listOf(z.string()).describe('Pods for which the rest of the zone has no room'),
  lastReplicas: listOf(z.string()).describe('Applications of which no replica is left while these Pods move'),
  estimateMs: z.number(),
});

export const PREVIEW = z.object({
  drain: z.boolean(),
  impact: IMPACT,
  refusals: listOf(z.string()).describe('Why it cannot be started; none when it can'),
  approvals: listOf(z.string()).describe('Why a second person must agree'),
});

const STEP = z.object({
  step: z.enum(STEPS),
  startedAt: MOMENT,
  endedAt: MOMENT.optional(),
  outcome: z.string().optional(),
});

export const OPERATION = z.object({
  id: z.string(),
  host: z.string(),
  kind: z.enum(OPERATION_KINDS),
  reason: z.string(),
  repair: z.string().optional(),
  state: z.enum(OPERATION_STATES),
  step: z.enum(STEPS),
  requestedBy: z.string(),
  approvedBy: z.string().optional(),
  createdAt: MOMENT,
  endedAt: MOMENT.optional(),
  result: z.string().optional(),
  blockade: z.object({ reason: z.string(), choices: listOf(z.string()) }).optional(),
  steps: listOf(STEP),
});

export const OPERATION_PAGE = pageOf(OPERATION);

const LOG_LINE = z.object({
  id: z.number(),
  at: MOMENT,
  actor: z.string(),
  step: z.string(),
  text: z.string(),
});

export const OPERATION_FACTS = z.object({
  operation: OPERATION,
  open: z.boolean().describe('It has not ended'),
  log: listOf(LOG_LINE),
});

export type Meaning = z.infer<typeof MEANING>;
export type Cause = z.infer<typeof CAUSE>;
export type Repair = z.infer<typeof REPAIR>;
export type Wish = z.input<typeof WISH>;
export type AffectedApplication = z.infer<typeof AFFECTED_APPLICATION>;
export type Preview = z.infer<typeof PREVIEW>;
export type Operation = z.infer<typeof OPERATION>;
export type OperationPage = z.infer<typeof OPERATION_PAGE>;
export type OperationFacts = z.infer<typeof OPERATION_FACTS>;
