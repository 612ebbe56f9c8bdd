/** RFC 9457; what every refusal is. */
import { z } from 'zod';

const FIELD_FAULT = z.object({
  field: z.string().describe('A dotted path'),
  fault: z.string().describe('Words or a code'),
});

const MISSING_RIGHT = z
  .object({ verb: z.string(), resource: z.string(), group: z.string(), namespace: z.string() })
  .describe('What the cluster’s RBAC would have to grant; no namespace is the whole cluster, no group the core');

export const PROBLEM = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string().describe('For programs: it stays the same'),
  detail: z.string().optional(),
  fields: z.array(FIELD_FAULT).readonly().optional(),
  right: MISSING_RIGHT.optional(),
});

export type FieldFault = Readonly<z.infer<typeof FIELD_FAULT>>;
export type MissingRight = Readonly<z.infer<typeof MISSING_RIGHT>>;
export type ProblemDocument = z.infer<typeof PROBLEM>;
