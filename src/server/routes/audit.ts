/** Who did what, newest first. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { listAudit, type Records } from '../../records/index.ts';
import { AUDIT_PAGE } from '../contract/audit.ts';

export function auditRoutes(plain: FastifyInstance, { records }: { readonly records: Records }): void {
  plain.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/audit',
    {
      config: { access: 'admin' },
      schema: {
        querystring: z.object({
          object: z.string().optional(),
          limit: z.coerce.number().int().min(1).max(500).default(100),
          after: z.string().regex(/^\d+$/).optional(),
        }),
        response: { 200: AUDIT_PAGE },
      },
    },
    ({ query: { object, limit, after } }) =>
      listAudit(records, { limit, ...(object && { object }), ...(after && { after }) }),
  );
}
