/** 批量运维: a command on many targets, by whoever asks, with the cluster's own RBAC deciding what he reaches. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  BatchDesk,
  type BatchWish,
  dangerOf,
  labelOf,
  podExecTransport,
  selectTargets,
  type Target,
  type Transport,
} from '../../batch/index.ts';
import { badHosts } from '../../inspection/index.ts';
import { type Clock, type KubeClient, systemClock } from '../../kube/index.ts';
import type { Records } from '../../records/index.ts';
import { type ClusterDoor, refused } from '../cluster-door.ts';
import {
  BATCH_JOB_PAGE,
  BATCH_JOBS,
  BATCH_PREVIEW,
  BATCH_RESULTS,
  BATCH_WISH,
  MOST_TARGETS,
  OUTCOME,
  RESUMED_JOB,
  STARTED_JOB,
} from '../contract/batch.ts';
import { NOTHING } from '../contract/page.ts';
import type { OnError } from '../failure-answer.ts';
import { Problem } from '../problem.ts';
import { callerIn } from '../request-guard.ts';
import { mayActAs } from '../roles.ts';

export interface BatchRoutes {
  readonly records: Records;
  readonly cluster: ClusterDoor;
  /** The way to hosts themselves; without one only Pods are reached. */
  readonly hosts?: Transport | undefined;
  readonly clock?: Clock;
  readonly onError: OnError;
}

const ID = z.object({ id: z.string().regex(/^b[\w-]{1,60}$/) });
const PAGE = { limit: z.coerce.number().int().min(1).max(200).default(20), after: z.string().max(400).optional() };
/** Of each stage of a preview. */
const SHOWN = 50;

const NO_WAY: Transport = {
  name: 'none',
  run: () => Promise.reject(new Error('no way to run commands on hosts is configured; choose Pods on them')),
};

/** Outputs may hold anything, so they are not for everybody to see. */
const config = { access: 'operator' } as const;

export function batchRoutes(plain: FastifyInstance, o: BatchRoutes): void {
  const { records, cluster, hosts = NO_WAY, clock = systemClock, onError } = o;
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const desk = new BatchDesk({ records, clock, onError: (error) => onError(error, 'batch') });
  app.addHook('onClose', async () => {
    await desk[Symbol.asyncDispose]();
    hosts.close?.();
  });

  const previewed = { config, schema: { body: BATCH_WISH, response: { 200: BATCH_PREVIEW } } };
  app.post('/api/v1/batch/preview', previewed, (request) =>
    cluster.as(callerIn(request).principal, async (client) => {
      const { stages, ...preview } = desk.preview(await wishOf(request.body, request, client));
      return {
        ...preview,
        targets: stages.reduce((sum, stage) => sum + stage.length, 0),
        stages: stages.map((stage) => ({ targets: stage.length, first: stage.slice(0, SHOWN).map(nameOf) })),
      };
    }),
  );

  const begun = { config, schema: { body: BATCH_WISH, response: { 201: STARTED_JOB } } };
  app.post('/api/v1/batch', begun, async (request, reply) => {
    if (request.body.allowDangerous) requireAdmin(request);
    const id = await asCaller(request, async (client, done) => ({
      value: await desk.start({ ...(await wishOf(request.body, request, client)), onEnd: done }),
      kept: true,
    }));
    return reply.code(201).send({ id });
  });

  const listed = { config, schema: { querystring: z.object(PAGE), response: { 200: BATCH_JOBS } } };
  app.get('/api/v1/batch', listed, ({ query: { limit, after } }) => desk.book.list({ limit, ...(after && { after }) }));

  const one = { config, schema: { params: ID, response: { 200: BATCH_JOB_PAGE } } };
  app.get('/api/v1/batch/:id', one, async ({ params: { id } }) => {
    const job = await desk.get(id);
    if (!job) throw new Problem('not-found', { detail: id });
    return { job, counts: await desk.book.counts(id) };
  });

  app.get(
    '/api/v1/batch/:id/results',
    {
      config,
      schema: {
        params: ID,
        querystring: z.object({ ...PAGE, kind: OUTCOME.optional() }),
        response: { 200: BATCH_RESULTS },
      },
    },
    async ({ params, query: { limit, after, kind } }) =>
      BATCH_RESULTS.parse(
        await desk.book.results(params.id, { limit, ...(after && { after }), ...(kind && { kind }) }),
      ),
  );

  app.post(
    '/api/v1/batch/:id/:say',
    {
      config,
      schema: { params: ID.extend({ say: z.enum(['pause', 'cancel']) }), response: { 204: NOTHING } },
    },
    async (request, reply) => {
      const { id, say } = request.params;
      await desk.say(id, say, callerIn(request).principal.name);
      return reply.code(204).send();
    },
  );

  app.post(
    '/api/v1/batch/:id/resume',
    { config, schema: { params: ID, body: RESUMED_JOB, response: { 204: NOTHING } } },
    async (request, reply) => {
      const { id } = request.params;
      const job = await desk.get(id);
      if (job && dangerOf([job.command])) requireAdmin(request);
      const actor = callerIn(request).principal.name;
      const command = request.body?.command;
      await asCaller(request, async (client, done) => {
        const transport = transportTo(podExecTransport(client), hosts);
        const where = await desk.resume(id, { actor, transport, onEnd: done, ...(command && { command: [command] }) });
        return { value: undefined, kept: where === 'here' };
      });
      return reply.code(204).send();
    },
  );

  /** Whoever asks decides what is reached. What is kept is closed when the job has ended, long after the answer. */
  async function asCaller<T>(
    request: FastifyRequest,
    work: (client: KubeClient, done: () => void) => Promise<{ readonly value: T; readonly kept: boolean }>,
  ): Promise<T> {
    const client = cluster.open(callerIn(request).principal);
    try {
      const { value, kept } = await work(client, () => void client.close());
      if (!kept) await client.close();
      return value;
    } catch (error) {
      await client.close();
      throw refused(error);
    }
  }

  async function wishOf(
    body: z.infer<typeof BATCH_WISH>,
    request: FastifyRequest,
    client: KubeClient,
  ): Promise<BatchWish> {
    const { selector, namespace, container, command, staged, timeoutSeconds, mostFailures, ...rest } = body;
    const bad = async (check: string) => (await badHosts(records, check))?.hosts ?? [];
    const scope = { client, bad, ...(namespace && { namespace }), ...(container && { container }) };
    const targets = await selectTargets(selector, scope);
    if (targets.length > MOST_TARGETS)
      throw new Problem('bad-field', { fields: [{ field: 'selector', fault: `${targets.length} > ${MOST_TARGETS}` }] });
    return {
      ...rest,
      selector,
      targets,
      command: [command],
      actor: callerIn(request).principal.name,
      transport: transportTo(podExecTransport(client), hosts),
      timeoutMs: timeoutSeconds * 1000,
      ...(mostFailures !== undefined && { mostFailures }),
      ...(!staged && { stages: [1] }),
    };
  }
}

function transportTo(pods: Transport, hosts: Transport): Transport {
  return { name: 'auto', run: (target, request) => (target.kind === 'pod' ? pods : hosts).run(target, request) };
}

function requireAdmin(request: FastifyRequest): void {
  if (!mayActAs(callerIn(request).principal, 'admin')) throw new Problem('not-allowed', { detail: 'admin' });
}

function nameOf(target: Target) {
  return { target: labelOf(target), host: target.host ?? null, rack: target.rack ?? null };
}
