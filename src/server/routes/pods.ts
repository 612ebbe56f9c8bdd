/** 容器: one Pod with its containers and events, the log of a container, and a terminal in it. */
import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { type Clock, EVENTS, type KubeClient, PODS, sleep } from '../../kube/index.ts';
import { appendAudit, type Records } from '../../records/index.ts';
import { type ClusterDoor, refused } from '../cluster-door.ts';
import { NOTHING, streamOf } from '../contract/page.ts';
import { POD_FACTS } from '../contract/pod.ts';
import { OBJECT_NAME } from '../object-name.ts';
import { eventsOf, type PodUse, podView } from '../pod-view.ts';
import { languageOf, Problem } from '../problem.ts';
import { callerIn, checkSocketOrigin } from '../request-guard.ts';
import { OpenTerminals } from '../terminal/open-terminals.ts';
import { serveTerminal } from '../terminal/terminal.ts';

export interface PodRoutes {
  readonly cluster: ClusterDoor;
  readonly records: Records;
  readonly clock: Clock;
}

const NAME = z.string().min(1).max(253);
const POD = z.object({ namespace: OBJECT_NAME, name: OBJECT_NAME });
const LOG = z.object({
  container: NAME,
  follow: z.stringbool().default(false),
  previous: z.stringbool().default(false),
  lines: z.coerce.number().int().min(1).max(10_000).default(500),
});
/** Shells only: what else runs in containers is for batch, which previews it. */
const TERMINAL = z.object({ container: NAME, shell: z.enum(['sh', 'bash']).default('sh') });
const TERMINALS_EACH = 16;
const SILENT_MS = 1000;
const EVENTS_SHOWN = 200;

export function podRoutes(plain: FastifyInstance, { cluster, records, clock }: PodRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const terminals = new OpenTerminals(TERMINALS_EACH);

  app.get(
    '/api/v1/pods/:namespace/:name',
    { config: { access: 'viewer' }, schema: { params: POD, response: { 200: POD_FACTS } } },
    async (request) => {
      const { namespace, name } = request.params;
      return cluster.as(callerIn(request).principal, async (client) => {
        const pod = await client.get(PODS, name, { namespace });
        const fieldSelector = `involvedObject.uid=${pod.metadata.uid}`;
        const [{ items }, use] = await Promise.all([
          client.list(EVENTS, { namespace, fieldSelector, limit: EVENTS_SHOWN }),
          useOf(client, namespace, name),
        ]);
        return { ...podView(pod, use), events: eventsOf(items) };
      });
    },
  );

  app.get(
    '/api/v1/pods/:namespace/:name/log',
    {
      config: { access: 'viewer' },
      schema: { params: POD, querystring: LOG, response: { 200: streamOf('text/plain') } },
    },
    async (request, reply) => {
      const { namespace, name } = request.params;
      const { container, follow, previous, lines } = request.query;
      const client = cluster.open(callerIn(request).principal);
      const ending = new AbortController();
      reply.raw.on('close', () => ending.abort());
      const options = { namespace, container, follow, previous, tailLines: lines, signal: ending.signal };
      const text = client.logs(name, options);
      try {
        // A refusal comes at once and is answered as one; a container that is silent is waited for with the answer begun.
        const first = text.next();
        await Promise.race([first, sleep(clock, SILENT_MS, ending.signal)]);
        reply.hijack();
        reply.raw.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
        reply.raw.flushHeaders();
        await pour(await first, text, reply.raw);
        reply.raw.end();
      } catch (error) {
        if (!reply.sent) throw refused(error);
        reply.raw.destroy();
      } finally {
        ending.abort();
        await client.close();
      }
    },
  );

  app.get(
    '/api/v1/pods/:namespace/:name/terminal',
    {
      websocket: true,
      config: { access: 'operator' },
      schema: { params: POD, querystring: TERMINAL, response: { 101: NOTHING } },
      preValidation: async (request) => checkSocketOrigin(request),
    },
    async (socket, request) => {
      const { namespace, name } = request.params;
      const { container, shell } = request.query;
      const { principal } = callerIn(request);
      const language = languageOf(request.headers['accept-language']);
      if (!terminals.enter(principal.name)) return refuse(socket, new Problem('too-many-terminals').document(language));
      const client = cluster.open(principal);
      const audit = (action: string, detail: Record<string, unknown>) =>
        appendAudit(records, {
          at: clock.now(),
          actor: principal.name,
          action,
          object: `pod/${namespace}/${name}`,
          detail: { container, ...detail },
        });
      try {
        // Written down before anything can be typed.
        await audit('terminal.open', { shell });
        const begun = clock.now();
        const end = await serveTerminal(socket, {
          open: (signal) =>
            client.exec(name, { namespace, container, command: [shell], stdin: true, tty: true, signal }),
          allowed: () => plain.stillAllowed(request as FastifyRequest),
          clock,
          language,
        });
        const seconds = Math.round((clock.now() - begun) / 1000);
        await audit('terminal.close', { seconds, ...(end.exitCode !== undefined && { exitCode: end.exitCode }) });
      } finally {
        terminals.leave(principal.name);
        await client.close();
      }
    },
  );
}

function refuse(socket: WebSocket, problem: Record<string, unknown>): void {
  socket.send(JSON.stringify({ problem }));
  socket.close(1000);
}

/** A reader that is slow is waited for. */
async function pour(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterable<Uint8Array>,
  to: ServerResponse,
): Promise<void> {
  if (first.done) return;
  await written(to, first.value);
  for await (const chunk of rest) await written(to, chunk);
}

function written(to: ServerResponse, chunk: Uint8Array): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (to.write(chunk) || to.destroyed) resolve();
  else {
    to.once('drain', resolve);
    to.once('close', resolve);
  }
  return promise;
}

/** Undefined where nobody measures. */
async function useOf(client: KubeClient, namespace: string, name: string): Promise<PodUse | undefined> {
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods/${name}`;
  const { status, body } = await client.request('GET', path);
  return status === 200 ? (JSON.parse(Buffer.from(body).toString()) as PodUse) : undefined;
}
