/** Runs of inspection, their briefs, what stands behind a number, and what has changed since another run. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  briefOf,
  checkOf,
  clusterScope,
  createRun,
  describe,
  diffOf,
  findRun,
  latestRun,
  listResults,
  listRuns,
  type Run,
  TIMEOUT_SECONDS,
  Trend,
} from '../../inspection/index.ts';
import { type Clock, type KubeClient, systemClock } from '../../kube/index.ts';
import { appendAudit, type Records } from '../../records/index.ts';
import type { ClusterDoor } from '../cluster-door.ts';
import { BRIEF, CHANGE_KIND, DIFF_PAGE, LEVEL, RESULT_PAGE, RUN, RUN_PAGE, TREND } from '../contract/inspection.ts';
import { languageOf, Problem } from '../problem.ts';
import { callerIn } from '../request-guard.ts';

export interface InspectionRoutes {
  readonly records: Records;
  readonly cluster: ClusterDoor;
  /** Of JDOS itself: reads which hosts there are. */
  readonly client: KubeClient;
  readonly clock?: Clock;
}

const PAGE = { limit: z.coerce.number().int().min(1).max(500).default(50), after: z.string().max(200).optional() };
/** A number, or `latest` for the newest that has ended. */
const WHICH = z.object({ run: z.string().regex(/^(\d+|latest)$/) });

export function inspectionRoutes(plain: FastifyInstance, o: InspectionRoutes): void {
  const { records, cluster, client, clock = systemClock } = o;
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const config = { access: 'viewer' } as const;
  const trend = new Trend(records);

  const listed = { config, schema: { querystring: z.object(PAGE), response: { 200: RUN_PAGE } } };
  app.get('/api/v1/inspection/runs', listed, ({ query }) =>
    listRuns(records, { limit: query.limit, ...(query.after && { after: query.after }) }),
  );

  const begun = { config: { access: 'operator' }, schema: { response: { 201: RUN } } } as const;
  app.post('/api/v1/inspection/runs', begun, async (request, reply) => {
    await seeHosts(request);
    const by = callerIn(request).principal.name;
    const now = clock.now();
    const scope = await clusterScope(client, {});
    const run = await createRun(records, { by, now, timeoutMs: TIMEOUT_SECONDS * 1000, spec: {} }, scope);
    // It is of no plan, so nobody else can have made it.
    if (!run) throw new Problem('conflict');
    const object = `inspection/${run.id}`;
    await appendAudit(records, {
      at: now,
      actor: by,
      action: 'inspection.run',
      object,
      detail: { hosts: scope.length },
    });
    return reply.code(201).send(run);
  });

  const told = { config, schema: { params: WHICH, response: { 200: BRIEF } } };
  app.get('/api/v1/inspection/runs/:run/brief', told, async ({ params }) => briefOf(records, await runOf(params.run)));

  app.get(
    '/api/v1/inspection/runs/:run/results',
    {
      config,
      schema: {
        params: WHICH,
        querystring: z.object({
          ...PAGE,
          check: z.string().max(64).optional(),
          host: z.string().max(253).optional(),
          level: LEVEL.optional(),
        }),
        response: { 200: RESULT_PAGE },
      },
    },
    async (request) => {
      await seeHosts(request);
      const { params, query, headers } = request;
      const { limit, after, check, host, level } = query;
      const run = await runOf(params.run);
      const asked = { limit, ...(after && { after }), ...(check && { check }), ...(host && { host }) };
      const page = await listResults(records, run.id, { ...asked, ...(level && { level }) });
      const language = languageOf(headers['accept-language']);
      const items = page.items.map((result) => {
        const { name, remedy } = checkOf(result.check);
        return { ...result, name: name[language], message: describe(result, language), remedy: remedy[language] };
      });
      return { ...page, items };
    },
  );

  app.get(
    '/api/v1/inspection/runs/:run/diff/:before',
    {
      config,
      schema: {
        params: z.object({ run: z.string().regex(/^\d+$/), before: z.string().regex(/^\d+$/) }),
        querystring: z.object({
          kind: CHANGE_KIND.default('new'),
          page: z.coerce.number().int().min(1).default(1),
          pageSize: z.coerce.number().int().min(1).max(500).default(20),
        }),
        response: { 200: DIFF_PAGE },
      },
    },
    async (request) => {
      await seeHosts(request);
      const { params, query, headers } = request;
      const { kind, page, pageSize } = query;
      const diff = await diffOf(records, await runOf(params.before), await runOf(params.run));
      const language = languageOf(headers['accept-language']);
      const some = diff[kind].slice((page - 1) * pageSize, page * pageSize);
      return {
        counts: {
          new: diff.new.length,
          fixed: diff.fixed.length,
          worse: diff.worse.length,
          better: diff.better.length,
        },
        items: some.map((change) => ({ ...change, name: checkOf(change.check).name[language] })),
      };
    },
  );

  app.get(
    '/api/v1/inspection/trend',
    {
      config,
      schema: {
        querystring: z.object({
          plan: z.string().max(63).optional(),
          limit: z.coerce.number().int().min(1).max(200).default(30),
        }),
        response: { 200: TREND },
      },
    },
    async ({ query: { plan, limit } }) => ({ items: await trend.points({ limit, ...(plan && { plan }) }) }),
  );

  /** Whatever names hosts is for who may see them; a brief only counts. */
  function seeHosts(request: FastifyRequest): Promise<void> {
    return cluster.require(callerIn(request).principal, { verb: 'list', resource: 'nodes' });
  }

  async function runOf(id: string): Promise<Run> {
    const run = id === 'latest' ? await latestRun(records) : await findRun(records, Number(id));
    if (!run) throw new Problem('not-found', { detail: `inspection run ${id}` });
    return run;
  }
}
