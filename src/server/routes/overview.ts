/** The numbers of the first page: how many hosts and Pods fare how, and how full each zone is. Bytes of a fleet are no exact integers. */
import type { FastifyInstance } from 'fastify';
import { OVERVIEW } from '../contract/overview.ts';
import { callerIn } from '../request-guard.ts';
import type { LiveTables } from './lists.ts';

const HOSTS = `SELECT zone, count(*) AS hosts, count(*) FILTER (ready) AS ready,
  count(*) FILTER (unschedulable) AS cordoned, sum(cpu_allocatable) AS cpu,
  CAST(sum(memory_allocatable) AS DOUBLE) AS memory, sum(pods_allocatable) AS pods FROM nodes GROUP BY zone ORDER BY zone`;

const PODS = 'SELECT phase, ready, count(*) AS pods FROM pods GROUP BY phase, ready ORDER BY phase, ready';

const REQUESTED = `SELECT n.zone AS zone, sum(p.cpu_request) AS cpu, CAST(sum(p.memory_request) AS DOUBLE) AS memory,
  count(*) AS pods FROM pods p JOIN nodes n ON n.cluster = p.cluster AND n.name = p.node_name
  WHERE p.phase NOT IN ('Succeeded', 'Failed') GROUP BY n.zone ORDER BY n.zone`;

/** Hosts by how much of their processor is asked for, in steps of a tenth. */
const ALLOCATION = `SELECT least(10, CAST(floor(10 * coalesce(p.cpu, 0) / nullif(n.cpu_allocatable, 0)) AS INTEGER)) AS tenth,
  count(*) AS hosts FROM nodes n LEFT JOIN (
    SELECT cluster, node_name, sum(cpu_request) AS cpu FROM pods WHERE phase NOT IN ('Succeeded', 'Failed')
    GROUP BY cluster, node_name
  ) p ON p.cluster = n.cluster AND p.node_name = n.name GROUP BY tenth ORDER BY tenth`;

const WAITING = `SELECT status_reason AS reason, count(*) AS pods FROM pods WHERE phase = 'Pending'
  GROUP BY status_reason ORDER BY pods DESC LIMIT 10`;

export function overviewRoutes(app: FastifyInstance, tables: LiveTables): void {
  const told = { config: { access: 'viewer' }, schema: { response: { 200: OVERVIEW } } } as const;
  app.get('/api/v1/overview', told, async (request) => {
    const { principal } = callerIn(request);
    const ask = (sql: string) => tables.rows(sql, [], principal, request.signal);
    const [hosts, pods, requested, allocation, waiting, ageSeconds] = await Promise.all([
      ask(HOSTS),
      ask(PODS),
      ask(REQUESTED),
      ask(ALLOCATION),
      ask(WAITING),
      tables.ageSeconds(['nodes', 'pods']),
    ]);
    return OVERVIEW.parse({ hosts, pods, requested, allocation, waiting, ageSeconds });
  });
}
