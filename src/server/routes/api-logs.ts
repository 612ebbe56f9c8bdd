/** Reports on who uses the API servers, for those who have the right to read audit events. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Parameters } from '../../apilogs/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import { auditScope } from '../audit-reader.ts';
import { Problem } from '../problem.ts';
import { callerIn } from '../request-guard.ts';

export interface ApiLogRoutes {
  readonly client: KubeClient;
  /** The directory of the store; without one there are no reports. */
  readonly store: string | undefined;
}

const CELL = z.unknown();
const ANSWER = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(CELL)),
});
const REPORT = z.object({ name: z.string(), title: z.object({ en: z.string(), zh: z.string() }) });
const TIME = z.iso.datetime({ offset: true }).optional();
const MANY = 20;

/** A comma between names; no name of a namespace has one. */
const NAMESPACES = z
  .string()
  .max(MANY * 64)
  .default('')
  .transform((text) => text.split(',').filter(Boolean));

const QUERY = z.object({
  from: TIME,
  to: TIME,
  user: z.string().max(300).optional(),
  top: z.coerce.number().int().min(1).max(1000).default(20),
  namespaces: NAMESPACES,
});

export function apiLogRoutes(plain: FastifyInstance, { client, store }: ApiLogRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const config = { access: 'viewer' } as const;
  /** One at a time: each has an engine of its own. */
  let last: Promise<unknown> = Promise.resolve();

  app.get(
    '/api/v1/api-logs/reports',
    { config, schema: { response: { 200: z.object({ items: z.array(REPORT) }) } } },
    async () => {
      const { reports } = await import('../../apilogs/index.ts');
      return { items: reports().map(({ name, title }) => ({ name, title })) };
    },
  );

  app.get(
    '/api/v1/api-logs/reports/:name',
    { config, schema: { params: z.object({ name: z.string() }), querystring: QUERY, response: { 200: ANSWER } } },
    async (request) => {
      const { namespaces, ...asked } = request.query;
      const scope = await auditScope(client, callerIn(request).principal, namespaces);
      const answer = last.then(() => reportOf(store, request.params.name, scope, parametersOf(asked)));
      last = answer.catch(() => undefined);
      return answer;
    },
  );
}

async function reportOf(
  store: string | undefined,
  name: string,
  scope: 'all' | readonly string[],
  parameters: Parameters,
): Promise<z.infer<typeof ANSWER>> {
  const { AuditQuery, extentIn, reports } = await import('../../apilogs/index.ts');
  const report = reports().find((one) => one.name === name);
  if (!report || !store || !extentIn(store)) throw new Problem('not-found', { detail: name });
  await using query = await AuditQuery.open(store, {
    memoryLimit: '1GB',
    ...(scope !== 'all' && { namespaces: scope }),
  });
  const { columns, rows } = await query.report(report, parameters);
  return {
    columns: [...columns],
    rows: rows.map((row) => row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell))),
  };
}

function parametersOf({ from, to, user, top }: Omit<z.infer<typeof QUERY>, 'namespaces'>): Parameters {
  return {
    top,
    ...(from && { fromUs: Date.parse(from) * 1000 }),
    ...(to && { toUs: Date.parse(to) * 1000 }),
    ...(user && { user }),
  };
}
