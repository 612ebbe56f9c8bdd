import { z } from 'zod';
import { MOMENT, pageOf } from './page.ts';

const AUDIT_ROW = z.object({
  seq: z.number(),
  at: MOMENT,
  actor: z.string(),
  action: z.string(),
  object: z.string(),
  detail: z.record(z.string(), z.unknown()),
  hash: z.string(),
});

export const AUDIT_PAGE = pageOf(AUDIT_ROW);

export type AuditRow = z.infer<typeof AUDIT_ROW>;
export type AuditPage = z.infer<typeof AUDIT_PAGE>;
