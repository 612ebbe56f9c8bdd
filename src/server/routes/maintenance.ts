/** 一键运维: what an address means, what is the matter there, what maintenance would do, and the operations under way. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { KubeClient } from '../../kube/index.ts';
import {
  type Cause,
  isOpen,
  type MaintenanceDesk,
  OPERATION_STATES,
  REPAIRS,
  resolveAddress,
} from '../../maintenance/index.ts';
import type { Records } from '../../records/index.ts';
import { languageOf } from '../problem.ts';
import { callerIn } from '../request-guard.ts';

export interface MaintenanceRoutes {
  readonly records: Records;
  /** Of JDOS itself: addresses are resolved with it. */
  readonly client: KubeClient;
  /** Previews read with JDOS's own rights; what is done is done by the runner. */
  readonly desk: MaintenanceDesk;
  /** What may be the matter with a host, by looking at it now. */
  readonly diagnose: (host: string) => Promise<readonly Cause[]>;
}

const ADDRESS = z.string().trim().min(1).max(253);
const ID = z.object({ id: z.string().regex(/^m[\w-]{1,60}$/) });
const WISH = z.object({
  host: z.string().min(1).max(253),
  address: ADDRESS,
  kind: z.enum(['planned', 'emergency']),
  reason: z.string().trim().min(1).max(500),
  repair: z.string().max(64).optional(),
  drain: z.boolean().optional(),
  emptyDir: z.boolean().optional(),
  /** How long the host must be well before it is given back. */
  healthyMinutes: z.number().min(0).max(1440).optional(),
});

export function maintenanceRoutes(plain: FastifyInstance, options: MaintenanceRoutes): void {
  const { records, client, desk, diagnose } = options;
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const see = { access: 'viewer' } as const;
  const act = { access: 'operator' } as const;

  app.get(
    '/api/v1/maintenance/resolve',
    { config: see, schema: { querystring: z.object({ address: ADDRESS }) } },
    async ({ query }) => ({ items: await resolveAddress(query.address, { client, records }) }),
  );

  app.get('/api/v1/maintenance/repairs', { config: see }, ({ headers }) => {
    const language = languageOf(headers['accept-language']);
    const items = Object.entries(REPAIRS).map(([name, { text, drain, approval }]) => ({
      name,
      text: text[language],
      drain,
      approval,
    }));
    return { items };
  });

  app.post(
    '/api/v1/maintenance/diagnose',
    { config: act, schema: { body: z.object({ host: z.string().min(1).max(253) }) } },
    async ({ body, headers }) => {
      const language = languageOf(headers['accept-language']);
      const causes = await diagnose(body.host);
      return { items: causes.map((cause) => ({ ...cause, reason: cause.reason[language] })) };
    },
  );

  app.post('/api/v1/maintenance/preview', { config: act, schema: { body: WISH } }, (request) =>
    desk.preview(requestOf(request.body, callerIn(request).principal.name)),
  );

  app.post('/api/v1/maintenance', { config: act, schema: { body: WISH } }, async (request, reply) => {
    const wish = requestOf(request.body, callerIn(request).principal.name);
    const operation = await desk.request(wish, await desk.preview(wish));
    return reply.code(201).send(operation);
  });

  app.get(
    '/api/v1/maintenance',
    {
      config: see,
      schema: {
        querystring: z.object({
          limit: z.coerce.number().int().min(1).max(200).default(50),
          after: z.string().max(64).optional(),
          host: z.string().max(253).optional(),
          state: z.enum(OPERATION_STATES).optional(),
        }),
      },
    },
    ({ query: { limit, after, host, state } }) =>
      desk.ledger.list({ limit, ...(after && { after }), ...(host && { host }), ...(state && { states: [state] }) }),
  );

  app.get('/api/v1/maintenance/:id', { config: see, schema: { params: ID } }, async ({ params }) => {
    const operation = await desk.ledger.get(params.id);
    return { operation, open: isOpen(operation), log: await desk.ledger.logOf(params.id) };
  });

  app.post(
    '/api/v1/maintenance/:id/:say',
    {
      config: act,
      schema: {
        params: ID.extend({ say: z.enum(['approve', 'abort', 'done', 'wait']) }),
        body: z.object({ reason: z.string().trim().max(500).default('') }),
      },
    },
    (request) => {
      const { id, say } = request.params;
      const actor = callerIn(request).principal.name;
      const { reason } = request.body;
      if (say === 'approve') return desk.approve(id, actor);
      if (say === 'abort') return desk.abort(id, actor, reason || 'by the console');
      return say === 'done' ? desk.done(id, actor, reason || 'repaired') : desk.wait(id, actor);
    },
  );
}

function requestOf({ emptyDir, repair, drain, healthyMinutes, ...wish }: z.infer<typeof WISH>, actor: string) {
  return {
    ...wish,
    actor,
    ...(repair && { repair }),
    ...(drain !== undefined && { drain }),
    ...(healthyMinutes !== undefined && { healthyDelayMs: healthyMinutes * 60_000 }),
    ...(emptyDir && { consent: { emptyDir: true } }),
  };
}
