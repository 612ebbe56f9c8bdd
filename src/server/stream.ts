/**
 * The one live stream of a browser (server-sent events). It carries no data, only which topics have changed: the console
 * asks again for what it shows. So a thousand changes a second are one line a second, and nobody sees by the stream what
 * he may not see by asking.
 */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Clock, systemClock } from '../kube/index.ts';

const EVERY_MS = 1000;
/** Proxies close what is silent. */
const HEARTBEAT_MS = 15_000;

export type Listener = (topics: readonly string[]) => void;

/** Gathers notices and tells listeners of each topic once a second at most. */
export class Notices {
  readonly #clock: Clock;
  readonly #listeners = new Map<Listener, ReadonlySet<string>>();
  readonly #changed = new Set<string>();
  #due = false;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** How many listen now. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Something of this topic has changed. */
  tell(topic: string): void {
    this.#changed.add(topic);
    if (this.#due) return;
    this.#due = true;
    this.#clock.after(EVERY_MS, () => this.#flush());
  }

  /** Answers what ends it. */
  listen(topics: Iterable<string>, listener: Listener): () => void {
    this.#listeners.set(listener, new Set(topics));
    return () => this.#listeners.delete(listener);
  }

  #flush(): void {
    const changed = [...this.#changed];
    this.#changed.clear();
    this.#due = false;
    for (const [listener, topics] of this.#listeners) {
      const own = changed.filter((topic) => topics.has(topic));
      if (own.length > 0) listener(own);
    }
  }
}

export function streamRoutes(plain: FastifyInstance, notices: Notices, clock: Clock = systemClock): void {
  plain.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/stream',
    {
      config: { access: 'viewer' },
      schema: { querystring: z.object({ topics: z.string().regex(/^[a-z_]+(,[a-z_]+){0,31}$/) }) },
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
