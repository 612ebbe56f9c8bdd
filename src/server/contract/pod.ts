import { z } from 'zod';

const AMOUNTS = z.object({
  request: z.number().nullable(),
  limit: z.number().nullable(),
  use: z.number().nullable().describe('Null where nobody measures'),
});

const CONTAINER = z.object({
  kind: z.enum(['init', 'container', 'ephemeral']),
  name: z.string(),
  image: z.string(),
  id: z.string().nullable(),
  state: z.string(),
  reason: z.string().nullable(),
  message: z.string().nullable(),
  ready: z.boolean(),
  restarts: z.number(),
  startedAt: z.string().nullable(),
  previous: z.boolean().describe('There is a log of the one before'),
  cpu: AMOUNTS.describe('Cores'),
  memory: AMOUNTS.describe('Bytes'),
});

const EVENT = z.object({
  type: z.string(),
  reason: z.string(),
  message: z.string(),
  count: z.number(),
  from: z.string(),
  at: z.string(),
});

const CONDITION = z.object({
  type: z.string(),
  holds: z.string(),
  reason: z.string(),
  message: z.string(),
  since: z.string().nullable(),
});

export const POD_FACTS = z.object({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  createdAt: z.string(),
  deletedAt: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  owner: z.string().nullable(),
  node: z.string().nullable(),
  phase: z.string(),
  reason: z.string().nullable(),
  message: z.string().nullable(),
  ip: z.string().nullable(),
  hostIp: z.string().nullable(),
  qos: z.string().nullable(),
  conditions: z.array(CONDITION),
  containers: z.array(CONTAINER),
  events: z.array(EVENT).describe('Newest first'),
});

export type Amounts = z.infer<typeof AMOUNTS>;
export type ContainerFacts = z.infer<typeof CONTAINER>;
export type EventFacts = z.infer<typeof EVENT>;
export type PodFacts = z.infer<typeof POD_FACTS>;
