/** Lists, filtered, sorted and paged by the query engine over the live tables, within the rights of the reader. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { LISTS, listStatement } from '../lists/index.ts';
import { Problem } from '../problem.ts';
import { callerIn } from '../request-guard.ts';
import type { Principal } from '../roles.ts';

/** A row by column name. Times are RFC 3339 text, 64-bit numbers are numbers as far as those are exact. */
export type Row = Readonly<Record<string, unknown>>;

/** The live tables as one person may see them. */
export interface LiveTables {
  rows(sql: string, parameters: readonly string[], reader: Principal, signal: AbortSignal): Promise<readonly Row[]>;
  /** Seconds since the stalest of these tables was known to be current. */
  ageSeconds(tables: readonly string[]): Promise<number>;
  /** The tables that somebody may see, by their long names too, as `groups__apps_jdos_jd_com`. */
  names(reader: Principal): Promise<ReadonlySet<string>>;
}

const ONE_OR_MORE = z.union([z.string(), z.array(z.string())]).optional();

export function listRoutes(plain: FastifyInstance, tables: LiveTables): void {
  plain.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/lists/:list',
    {
      config: { access: 'viewer' },
      schema: {
        params: z.object({ list: z.string() }),
        querystring: z.object({
          search: z.string().max(200).optional(),
          filter: ONE_OR_MORE,
          sort: z.string().max(64).optional(),
          page: z.coerce.number().int().min(1).max(1_000_000).default(1),
          pageSize: z.coerce.number().int().min(1).max(500).default(20),
        }),
      },
    },
    async (request) => {
      const list = LISTS.get(request.params.list);
      if (!list) throw new Problem('not-found', { detail: request.params.list });
      const { filter = [], search, sort, page, pageSize } = request.query;
      const filters = typeof filter === 'string' ? [filter] : filter;
      const question = { filters, page, pageSize, ...(search && { search }), ...(sort && { sort }) };
      const { principal } = callerIn(request);
      const known = await tables.names(principal);
      const { rows, count, parameters } = listStatement(list, question, (table) => known.has(table));
      const ask = (sql: string) => tables.rows(sql, parameters, principal, request.signal);
      const [items, counted, ageSeconds] = await Promise.all([ask(rows), ask(count), tables.ageSeconds(list.tables)]);
      return { items, total: Number(Object.values(counted[0] ?? {})[0] ?? 0), ageSeconds };
    },
  );
}
