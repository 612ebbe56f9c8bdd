/** 一键运维: what an address means, what is the matter there, what maintenance would do, and the operations under way. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { KubeClient } from '../../kube/index.ts';
import {
  type Cause,
  isOpen,
  type MaintenanceDesk,
  type Meaning,
  OPERATION_STATES,
  type Preview,
  REPAIRS,
  resolveAddress,
} from '../../maintenance/index.ts';
import type { Records } from '../../records/index.ts';
import { type ClusterDoor, missingRight, type Right, rightText } from '../cluster-door.ts';
import {
  CAUSES,
  MEANINGS,
  OPERATION,
  OPERATION_FACTS,
  OPERATION_PAGE,
  PREVIEW,
  REPAIR_LIST,
  WISH,
} from '../contract/maintenance.ts';
import { languageOf } from '../problem.ts';
import { callerIn } from '../request-guard.ts';

export interface MaintenanceRoutes {
  readonly records: Records;
  /** Of JDOS itself: addresses are resolved with it, for who may see what they mean. */
  readonly client: KubeClient;
  readonly cluster: ClusterDoor;
  /** Previews read with JDOS's own rights and the runner acts with them, for who may do the same himself. */
  readonly desk: MaintenanceDesk;
  /** What may be the matter with a host, by looking at it now. */
  readonly diagnose: (host: string) => Promise<readonly Cause[]>;
}

const ADDRESS = z.string().trim().min(1).max(253);
const ID = z.object({ id: z.string().regex(/^m[\w-]{1,60}$/) });

export function maintenanceRoutes(plain: FastifyInstance, o: MaintenanceRoutes): void {
  const { records, client, cluster, desk, diagnose } = o;
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const see = { access: 'viewer' } as const;
  const act = { access: 'operator' } as const;

  app.get(
    '/api/v1/maintenance/resolve',
    { config: see, schema: { querystring: z.object({ address: ADDRESS }), response: { 200: MEANINGS } } },
    async (request) => {
      const { principal } = callerIn(request);
      await cluster.require(principal, SEE_HOSTS);
      const unseen = await cluster.missing(principal, Object.values(SEE_BEHIND));
      const meanings = await resolveAddress(request.query.address, { client, records });
      return { items: meanings.filter(({ kind }) => !unseen.some((right) => right === behind(kind))) };
    },
  );

  app.get('/api/v1/maintenance/repairs', { config: see, schema: { response: { 200: REPAIR_LIST } } }, ({ headers }) => {
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
    { config: act, schema: { body: z.object({ host: z.string().min(1).max(253) }), response: { 200: CAUSES } } },
    async (request) => {
      const { body, headers } = request;
      const language = languageOf(headers['accept-language']);
      await cluster.require(callerIn(request).principal, SEE_HOSTS);
      const causes = await diagnose(body.host);
      return { items: causes.map((cause) => ({ ...cause, reason: cause.reason[language] })) };
    },
  );

  const previewed = { config: act, schema: { body: WISH, response: { 200: PREVIEW } } };
  app.post('/api/v1/maintenance/preview', previewed, async (request) => {
    const { principal } = callerIn(request);
    await cluster.require(principal, SEE_HOSTS, SEE_BEHIND.pod);
    const preview = await desk.preview(requestOf(request.body, principal.name));
    const missing = await cluster.missing(principal, rightsFor(request.body.host, preview));
    const refusals = missing.map((right) => `the cluster does not let you ${rightText(missingRight(right))}`);
    return { ...preview, refusals: [...preview.refusals, ...refusals] };
  });

  const begun = { config: act, schema: { body: WISH, response: { 201: OPERATION } } };
  app.post('/api/v1/maintenance', begun, async (request, reply) => {
    const { principal } = callerIn(request);
    await cluster.require(principal, SEE_HOSTS, SEE_BEHIND.pod);
    const wish = requestOf(request.body, principal.name);
    const preview = await desk.preview(wish);
    await cluster.require(principal, ...rightsFor(wish.host, preview));
    const operation = await desk.request(wish, preview);
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
        response: { 200: OPERATION_PAGE },
      },
    },
    ({ query: { limit, after, host, state } }) =>
      desk.ledger.list({ limit, ...(after && { after }), ...(host && { host }), ...(state && { states: [state] }) }),
  );

  const one = { config: see, schema: { params: ID, response: { 200: OPERATION_FACTS } } };
  app.get('/api/v1/maintenance/:id', one, async ({ params }) => {
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
        response: { 200: OPERATION },
      },
    },
    async (request) => {
      const { id, say } = request.params;
      const { principal } = callerIn(request);
      const { name: actor } = principal;
      const { reason } = request.body;
      // Whoever may not do it may still stop it.
      if (say === 'abort') return desk.abort(id, actor, reason || 'by the console');
      await cluster.require(principal, changeHost((await desk.ledger.get(id)).host));
      if (say === 'approve') return desk.approve(id, actor);
      return say === 'done' ? desk.done(id, actor, reason || 'repaired') : desk.wait(id, actor);
    },
  );
}

const SEE_HOSTS: Right = { verb: 'list', resource: 'nodes' };
const SEE_BEHIND = {
  pod: { verb: 'list', resource: 'pods' },
  service: { verb: 'list', resource: 'services' },
} as const satisfies Record<string, Right>;

function behind(kind: Meaning['kind']): Right | undefined {
  return kind === 'pod' || kind === 'service' ? SEE_BEHIND[kind] : undefined;
}

/** Cordons, labels and taints. */
function changeHost(name: string): Right {
  return { verb: 'patch', resource: 'nodes', name };
}

/** What whoever asks for it would have to be allowed if he did it with kubectl. */
function rightsFor(host: string, { impact }: Preview): Right[] {
  const leaving = impact.pods.filter(({ act }) => act !== 'leave');
  const namespaces = new Set(leaving.map(({ pod }) => pod.slice(0, pod.indexOf('/'))));
  const evict = [...namespaces].map((namespace): Right => ({ verb: 'create', resource: 'pods/eviction', namespace }));
  return [changeHost(host), ...evict];
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
