/** Lists, filtered, sorted and paged by the query engine over the live tables, within the rights of the reader: a route each. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { listOf } from '../contract/page.ts';
import { listPageOf } from '../contract/rows.ts';
import { LISTS, type List, listStatement } from '../lists/index.ts';
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

const QUESTION = z.object({
  search: z.string().max(200).optional(),
  filter: ONE_OR_MORE.describe('`column:value`, all of which must hold; of one column any'),
  sort: z.string().max(64).optional().describe('A column, with `-` before it for the other way round'),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(500).default(20),
});

export function listRoutes(app: FastifyInstance, tables: LiveTables): void {
  for (const list of LISTS) listRoute(app, tables, list);
}

function listRoute(plain: FastifyInstance, tables: LiveTables, list: List): void {
  const rowsOf = listOf(list.row);
  plain
    .withTypeProvider<ZodTypeProvider>()
    .get(
      `/api/v1/lists/${list.name}`,
      { config: { access: 'viewer' }, schema: { querystring: QUESTION, response: { 200: listPageOf(list.row) } } },
      async (request) => {
        const { filter = [], search, sort, page, pageSize } = request.query;
        const filters = typeof filter === 'string' ? [filter] : filter;
        const question = { filters, page, pageSize, ...(search && { search }), ...(sort && { sort }) };
        const { principal } = callerIn(request);
        const known = await tables.names(principal);
        const { rows, count, parameters } = listStatement(list, question, (table) => known.has(table));
        const ask = (sql: string) => tables.rows(sql, parameters, principal, request.signal);
        const [items, counted, ageSeconds] = await Promise.all([ask(rows), ask(count), tables.ageSeconds(list.tables)]);
        const total = Number(Object.values(counted[0] ?? {})[0] ?? 0);
        return { items: rowsOf.parse(items), total, ageSeconds };
      },
    );
}
