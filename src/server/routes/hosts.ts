/** One host beyond what the cluster says of it: its life, the verdicts on it, what inspections found, and what may follow. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { checkOf, describe, hostHistory, latestRun, listResults } from '../../inspection/index.ts';
import { type Clock, type KubeClient, systemClock } from '../../kube/index.ts';
import { HostBook, HostDesk, readInventory, verdictsOn } from '../../nodes/index.ts';
import type { Records } from '../../records/index.ts';
import type { ClusterDoor } from '../cluster-door.ts';
import {
  HOST_BOOK_PAGE,
  HOST_INSPECTION_PAGE,
  HOST_STATUS,
  MOVED,
  MOVES_PAGE,
  TRANSITION_PAGE,
  VERDICT_LIST,
} from '../contract/host.ts';
import { languageOf } from '../problem.ts';
import { callerIn } from '../request-guard.ts';

export interface HostRoutes {
  readonly records: Records;
  readonly cluster: ClusterDoor;
  readonly clock?: Clock;
}

const HOST = z.object({ host: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/) });
const PAGE = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(20),
  after: z.string().regex(/^\d+$/).optional(),
});

export function hostRoutes(plain: FastifyInstance, { records, cluster, clock = systemClock }: HostRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const book = new HostBook(records, clock);
  const deskOf = (client: KubeClient) => new HostDesk({ client, records, clock, findings: gravest });
  const see = { access: 'viewer' } as const;
  const act = { access: 'operator' } as const;

  const booked = { config: see, schema: { params: HOST, response: { 200: HOST_BOOK_PAGE } } };
  app.get('/api/v1/hosts/:host', booked, async (request) => {
    const host = await seenHost(request);
    const [state, inventory] = await Promise.all([book.state(host), readInventory(records)]);
    return { state: state ?? null, inventory: inventory.get(host) ?? null };
  });

  app.get(
    '/api/v1/hosts/:host/transitions',
    { config: see, schema: { params: HOST, querystring: PAGE, response: { 200: TRANSITION_PAGE } } },
    async (request) => TRANSITION_PAGE.parse(await book.history(await seenHost(request), pageOf(request.query))),
  );

  const judged = { config: see, schema: { params: HOST, response: { 200: VERDICT_LIST } } };
  app.get('/api/v1/hosts/:host/verdicts', judged, async (request) =>
    VERDICT_LIST.parse({ items: await verdictsOn(records, await seenHost(request)) }),
  );

  app.get(
    '/api/v1/hosts/:host/inspection',
    { config: see, schema: { params: HOST, querystring: PAGE, response: { 200: HOST_INSPECTION_PAGE } } },
    async (request) => {
      const language = languageOf(request.headers['accept-language']);
      const page = await hostHistory(records, await seenHost(request), pageOf(request.query));
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

  const possible = { config: see, schema: { params: HOST, response: { 200: MOVES_PAGE } } };
  app.get('/api/v1/hosts/:host/moves', possible, (request) =>
    cluster.as(callerIn(request).principal, (client) => deskOf(client).look(request.params.host)),
  );

  app.post(
    '/api/v1/hosts/:host/status',
    {
      config: act,
      schema: {
        params: HOST,
        body: z.object({
          to: HOST_STATUS,
          reason: z.string().trim().min(1).max(500),
          version: z.number().int().min(0),
          force: z.boolean().default(false),
        }),
        response: { 200: MOVED },
      },
    },
    async (request) => {
      const { to, ...wish } = request.body;
      const { host } = request.params;
      const { principal } = callerIn(request);
      // Before the book is changed, which comes first.
      await cluster.require(principal, { verb: 'patch', resource: 'nodes', name: host });
      return cluster.as(principal, (client) => deskOf(client).move(host, to, { ...wish, actor: principal.name }));
    },
  );

  /** What is known of a host is for who may see that host. */
  async function seenHost(request: FastifyRequest<{ Params: z.infer<typeof HOST> }>): Promise<string> {
    const { host } = request.params;
    await cluster.require(callerIn(request).principal, { verb: 'get', resource: 'nodes', name: host });
    return host;
  }

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
