/** Who did what, newest first. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { listAudit, type Records } from '../../records/index.ts';

const ROW = z.object({
  seq: z.number(),
  at: z.number(),
  actor: z.string(),
  action: z.string(),
  object: z.string(),
  detail: z.record(z.string(), z.unknown()),
  hash: z.string(),
});

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
        response: { 200: z.object({ items: z.array(ROW), next: z.string().optional() }) },
      },
    },
    async ({ query: { object, limit, after } }) => {
      const page = await listAudit(records, { limit, ...(object && { object }), ...(after && { after }) });
      return { items: [...page.items], ...(page.next !== undefined && { next: page.next }) };
    },
  );
}
