/**
 * The one live stream of a browser (server-sent events). It carries no data, only which topics have changed: the console
 * asks again for what it shows. So a thousand changes a second are one line a second, and nobody sees by the stream what
 * he may not see by asking.
 */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Clock, systemClock } from '../kube/index.ts';
import { streamOf } from './contract/page.ts';
import type { Notices } from './notices.ts';

/** Proxies close what is silent. */
const HEARTBEAT_MS = 15_000;

export function streamRoutes(plain: FastifyInstance, notices: Notices, clock: Clock = systemClock): void {
  plain.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/stream',
    {
      config: { access: 'viewer' },
      schema: {
        querystring: z.object({ topics: z.string().regex(/^[a-z_]+(,[a-z_]+){0,31}$/) }),
        response: { 200: streamOf('text/event-stream') },
      },
    },
    (request, reply) => {
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      raw.write('retry: 2000\n\n');
      const end = notices.listen(request.query.topics.split(','), (topics) => {
        // A browser that does not read is told less: its next question answers all the same.
        if (!raw.writableNeedDrain) raw.write(`event: changed\ndata: ${JSON.stringify(topics)}\n\n`);
      });
      let cancel = () => {};
      const beat = () => {
        raw.write(': here\n\n');
        cancel = clock.after(HEARTBEAT_MS, beat);
      };
      beat();
      raw.on('close', () => {
        end();
        cancel();
      });
    },
  );
}
