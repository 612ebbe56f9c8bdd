/** One host beyond what the cluster says of it: its life, the verdicts on it, what inspections found, and what may follow. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { checkOf, describe, hostHistory, latestRun, listResults } from '../../inspection/index.ts';
import { type Clock, type KubeClient, systemClock } from '../../kube/index.ts';
import { HOST_STATUSES, HostDesk, MEANINGS, readInventory, type Verdict, verdictsOn } from '../../nodes/index.ts';
import type { Records } from '../../records/index.ts';
import { languageOf } from '../problem.ts';
import { callerIn } from '../request-guard.ts';

export interface HostRoutes {
  readonly records: Records;
  /** Of JDOS itself, which alone writes the lives of hosts. */
  readonly client: KubeClient;
  readonly clock?: Clock;
}

const HOST = z.object({ host: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/) });
const PAGE = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(20),
  after: z.string().regex(/^\d+$/).optional(),
});

export function hostRoutes(plain: FastifyInstance, { records, client, clock = systemClock }: HostRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const desk = new HostDesk({ client, records, clock, findings: gravest });
  const see = { access: 'viewer' } as const;
  const act = { access: 'operator' } as const;

  app.get('/api/v1/hosts/:host', { config: see, schema: { params: HOST } }, async ({ params: { host } }) => {
    const [state, inventory] = await Promise.all([desk.book.state(host), readInventory(records)]);
    return { state: state ?? null, inventory: inventory.get(host) ?? null };
  });

  app.get(
    '/api/v1/hosts/:host/transitions',
    { config: see, schema: { params: HOST, querystring: PAGE } },
    ({ params, query }) => desk.book.history(params.host, pageOf(query)),
  );

  app.get('/api/v1/hosts/:host/verdicts', { config: see, schema: { params: HOST } }, async ({ params }) => {
    const items = await verdictsOn(records, params.host);
    return { items: items.map((one) => ({ ...one, meaning: MEANINGS[one.verdict as Verdict] ?? '' })) };
  });

  app.get(
    '/api/v1/hosts/:host/inspection',
    { config: see, schema: { params: HOST, querystring: PAGE } },
    async ({ params, query, headers }) => {
      const language = languageOf(headers['accept-language']);
      const page = await hostHistory(records, params.host, pageOf(query));
      const items = page.items.map(({ run, counts, findings }) => ({
        run: { id: run.id, startedAt: run.startedAt },
        counts,
        findings: findings.map((result) => ({
          check: result.check,
          level: result.level,
          name: checkOf(result.check).name[language],
          message: describe(result, language),
        })),
      }));
      return { ...page, items };
    },
  );

  app.get('/api/v1/hosts/:host/moves', { config: see, schema: { params: HOST } }, ({ params }) =>
    desk.look(params.host),
  );

  app.post(
    '/api/v1/hosts/:host/status',
    {
      config: act,
      schema: {
        params: HOST,
        body: z.object({
          to: z.enum(HOST_STATUSES),
          reason: z.string().trim().min(1).max(500),
          version: z.number().int().min(0),
          force: z.boolean().default(false),
        }),
      },
    },
    async (request) => {
      const { to, ...wish } = request.body;
      const actor = callerIn(request).principal.name;
      return desk.move(request.params.host, to, { ...wish, actor });
    },
  );

  async function gravest(host: string): Promise<string[] | undefined> {
    const run = await latestRun(records);
    if (!run) return undefined;
    const { items } = await listResults(records, run.id, { host, limit: 500 });
    if (items.length === 0) return undefined;
    return items.filter(({ level }) => level === 'error' || level === 'alarm').map(({ check }) => check);
  }
}

function pageOf({ limit, after }: z.infer<typeof PAGE>) {
  return { limit, ...(after !== undefined && { after }) };
}
