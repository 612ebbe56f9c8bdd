/** RFC 9457; what every refusal is. */
import { z } from 'zod';

const FIELD_FAULT = z.object({
  field: z.string().describe('A dotted path'),
  fault: z.string().describe('Words or a code'),
});

const MISSING_RIGHT = z
  .object({ verb: z.string(), resource: z.string(), group: z.string(), namespace: z.string() })
  .describe('What the cluster’s RBAC would have to grant; no namespace is the whole cluster, no group the core');

const SQL_FAULT = z
  .object({
    state: z.string().describe('SQLSTATE'),
    position: z.number().optional().describe('Where in the text, counted in characters from 1'),
    hint: z.string().optional(),
  })
  .describe('What is wrong with a query, in SQL’s own terms');

export const PROBLEM = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string().describe('For programs: it stays the same'),
  detail: z.string().optional(),
  fields: z.array(FIELD_FAULT).readonly().optional(),
  right: MISSING_RIGHT.optional(),
  sql: SQL_FAULT.optional(),
});

export type FieldFault = Readonly<z.infer<typeof FIELD_FAULT>>;
export type MissingRight = Readonly<z.infer<typeof MISSING_RIGHT>>;
export type SqlFault = Readonly<z.infer<typeof SQL_FAULT>>;
export type ProblemDocument = z.infer<typeof PROBLEM>;
