/**
 * SQL: any question over the live tables, within the rights of who asks. It comes by POST because it may be long, and so that
 * no other site can ask in somebody's name; nothing can be changed by it.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { streamOf } from '../contract/page.ts';
import { SQL_QUESTION, SQL_TABLES, type SqlQuestion, type SqlTable } from '../contract/sql.ts';
import { callerIn } from '../request-guard.ts';
import type { Principal } from '../roles.ts';

export interface SqlDesk {
  /** The answer in pieces. Who stops reading stops the query. @throws Problem */
  ask(question: SqlQuestion, reader: Principal, signal: AbortSignal): Promise<AsyncIterable<string>>;
  /** What somebody may ask of. */
  tables(reader: Principal): Promise<SqlTable[]>;
}

const TYPES = { lines: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' };

export function sqlRoutes(plain: FastifyInstance, desk: SqlDesk): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const config = { access: 'viewer' } as const;

  const schema = { body: SQL_QUESTION, response: { 200: streamOf('application/x-ndjson', 'text/csv') } };
  plain.post<{ Body: SqlQuestion }>('/api/v1/sql', { config, schema }, async (request, reply) => {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort(new Error('the asker went away')));
    const pieces = await desk.ask(request.body, callerIn(request).principal, gone.signal);
    return reply.type(TYPES[request.body.as]).header('cache-control', 'no-store').send(Readable.from(pieces));
  });

  app.get('/api/v1/sql/tables', { config, schema: { response: { 200: SQL_TABLES } } }, async (request) => ({
    tables: await desk.tables(callerIn(request).principal),
  }));
}
