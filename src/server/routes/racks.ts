/** Racks with their hosts, as they stand in a room: a page of them, or all with the least that a picture needs. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { latestRun, levelsOf } from '../../inspection/index.ts';
import type { Records } from '../../records/index.ts';
import { ALL_RACKS, RACK_PAGE, type Rack } from '../contract/racks.ts';
import { callerIn } from '../request-guard.ts';
import type { Principal } from '../roles.ts';
import type { LiveTables, Row } from './lists.ts';

export interface RackRoutes {
  readonly tables: LiveTables;
  readonly records: Records;
}

/** The engine answers no more rows than this to one question. */
const MOST_RACKS = 1000;

const USED = `SELECT cluster, node_name, count(*) AS pods, sum(cpu_request) AS cpu, sum(memory_request) AS memory
  FROM pods WHERE phase NOT IN ('Succeeded', 'Failed') GROUP BY cluster, node_name`;

/** Each host as an array: one row a rack, however many hosts. */
const HOST = `json_array(n.name, n.ready, n.unschedulable, coalesce(n.labels['jdos.jd.com/status'], ''),
  round(coalesce(p.cpu, 0) / nullif(n.cpu_allocatable, 0), 4),
  round(coalesce(p.memory, 0) / nullif(n.memory_allocatable, 0), 4),
  round(coalesce(p.pods, 0) / nullif(n.pods_allocatable, 0), 4))`;

const RACKS = `SELECT coalesce(n.zone, '') AS zone, coalesce(n.rack, '') AS rack, json_group_array(${HOST}) AS hosts
  FROM nodes n LEFT JOIN (${USED}) p ON p.cluster = n.cluster AND p.node_name = n.name`;

const ZONES = `SELECT coalesce(zone, '') AS zone, count(DISTINCT coalesce(rack, '')) AS racks, count(*) AS hosts FROM nodes
  GROUP BY coalesce(zone, '') ORDER BY 1`;

export function rackRoutes(plain: FastifyInstance, { tables, records }: RackRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const config = { access: 'viewer' } as const;

  app.get(
    '/api/v1/racks',
    {
      config,
      schema: {
        querystring: z.object({
          zone: z.string().max(63).optional(),
          page: z.coerce.number().int().min(1).max(100_000).default(1),
          pageSize: z.coerce.number().int().min(1).max(100).default(24),
        }),
        response: { 200: RACK_PAGE },
      },
    },
    async (request) => {
      const { zone, page, pageSize } = request.query;
      const { principal } = callerIn(request);
      const ask = (sql: string, parameters: readonly string[] = []) =>
        tables.rows(sql, parameters, principal, request.signal);
      const where = zone === undefined ? '' : " WHERE coalesce(n.zone, '') = $1";
      const sql = `${RACKS}${where} GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`;
      const [racks, zones, ageSeconds] = await Promise.all([
        ask(sql, zone === undefined ? [] : [zone]),
        ask(ZONES),
        tables.ageSeconds(['nodes', 'pods']),
      ]);
      const items = racks.map(rackOf);
      return RACK_PAGE.parse({ items, zones, ageSeconds, levels: await levels(items) });
    },
  );

  app.get('/api/v1/racks/all', { config, schema: { response: { 200: ALL_RACKS } } }, async (request) => {
    const [items, ageSeconds] = await Promise.all([
      allRacks(tables, callerIn(request).principal, request.signal),
      tables.ageSeconds(['nodes', 'pods']),
    ]);
    return { items, ageSeconds };
  });

  /** The worst that the newest inspection found on these hosts; hosts without a finding are left out. */
  async function levels(racks: readonly Rack[]): Promise<Record<string, string>> {
    const run = await latestRun(records);
    const names = racks.flatMap(({ hosts }) => hosts.map(({ name }) => name));
    return run ? Object.fromEntries(await levelsOf(records, run.id, names)) : {};
  }
}

export async function allRacks(tables: LiveTables, reader: Principal, signal: AbortSignal): Promise<Rack[]> {
  const rows = await tables.rows(`${RACKS} GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ${MOST_RACKS}`, [], reader, signal);
  return rows.map(rackOf);
}

const HOSTS = z.array(
  z.tuple([
    z.string(),
    z.boolean(),
    z.boolean(),
    z.string(),
    z.number().nullable(),
    z.number().nullable(),
    z.number().nullable(),
  ]),
);

function rackOf({ zone, rack, hosts }: Row): Rack {
  const found: unknown = typeof hosts === 'string' ? JSON.parse(hosts) : hosts;
  const told = HOSTS.parse(found).map(([name, ready, cordoned, status, cpu, memory, pods]) => ({
    name,
    ready,
    cordoned,
    status,
    cpuShare: cpu ?? 0,
    memoryShare: memory ?? 0,
    podShare: pods ?? 0,
  }));
  return { zone: String(zone), rack: String(rack), hosts: told.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}
