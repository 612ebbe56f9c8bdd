/**
 * The numbers of the first page: how many hosts and Pods fare how, and how full each zone is. Two questions, each over one
 * reading of the Pods: of one person's no more are asked at a time.
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { OVERVIEW, type Overview } from '../contract/overview.ts';
import { callerIn } from '../request-guard.ts';
import type { LiveTables } from './lists.ts';

/** Hosts by zone and by tenth of their processor that is asked for. Bytes of a fleet are no exact integers. */
const HOSTS = `SELECT n.zone AS zone,
    least(10, CAST(floor(10 * coalesce(p.cpu, 0) / nullif(n.cpu_allocatable, 0)) AS INTEGER)) AS tenth,
    count(*) AS hosts, count(*) FILTER (n.ready) AS ready, count(*) FILTER (n.unschedulable) AS cordoned,
    coalesce(sum(n.cpu_allocatable), 0) AS cpu, CAST(coalesce(sum(n.memory_allocatable), 0) AS DOUBLE) AS memory,
    coalesce(sum(n.pods_allocatable), 0) AS pods, coalesce(sum(p.cpu), 0) AS "askedCpu",
    CAST(coalesce(sum(p.memory), 0) AS DOUBLE) AS "askedMemory", coalesce(sum(p.pods), 0) AS "askedPods"
  FROM nodes n LEFT JOIN (
    SELECT cluster, node_name, sum(cpu_request) AS cpu, sum(memory_request) AS memory, count(*) AS pods
    FROM pods WHERE phase NOT IN ('Succeeded', 'Failed') GROUP BY cluster, node_name
  ) p ON p.cluster = n.cluster AND p.node_name = n.name GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 1000`;

const PODS = `SELECT phase, ready, CASE WHEN phase = 'Pending' THEN status_reason END AS reason, count(*) AS pods
  FROM pods GROUP BY ALL ORDER BY pods DESC LIMIT 1000`;

const HOST_ROWS = z.array(
  z.object({
    zone: z.string().nullable(),
    tenth: z.number().nullable(),
    hosts: z.number(),
    ready: z.number(),
    cordoned: z.number(),
    cpu: z.number(),
    memory: z.number(),
    pods: z.number(),
    askedCpu: z.number(),
    askedMemory: z.number(),
    askedPods: z.number(),
  }),
);
const POD_ROWS = z.array(
  z.object({
    phase: z.string().nullable(),
    ready: z.boolean().nullable(),
    reason: z.string().nullable(),
    pods: z.number(),
  }),
);
type HostRows = z.infer<typeof HOST_ROWS>;

const REASONS = 10;

export function overviewRoutes(app: FastifyInstance, tables: LiveTables): void {
  const told = { config: { access: 'viewer' }, schema: { response: { 200: OVERVIEW } } } as const;
  app.get('/api/v1/overview', told, async (request): Promise<Overview> => {
    const { principal } = callerIn(request);
    const ask = (sql: string) => tables.rows(sql, [], principal, request.signal);
    const [hosts, pods, ageSeconds] = await Promise.all([ask(HOSTS), ask(PODS), tables.ageSeconds(['nodes', 'pods'])]);
    return { ...overHosts(HOST_ROWS.parse(hosts)), ...overPods(POD_ROWS.parse(pods)), ageSeconds };
  });
}

function overHosts(rows: HostRows): Pick<Overview, 'hosts' | 'requested' | 'allocation'> {
  const zones = [...Map.groupBy(rows, ({ zone }) => zone)];
  const tenths = [...Map.groupBy(rows, ({ tenth }) => tenth)];
  return {
    hosts: zones.map(([zone, own]) => ({
      zone,
      hosts: sum(own, 'hosts'),
      ready: sum(own, 'ready'),
      cordoned: sum(own, 'cordoned'),
      cpu: sum(own, 'cpu'),
      memory: sum(own, 'memory'),
      pods: sum(own, 'pods'),
    })),
    requested: zones.map(([zone, own]) => ({
      zone,
      cpu: sum(own, 'askedCpu'),
      memory: sum(own, 'askedMemory'),
      pods: sum(own, 'askedPods'),
    })),
    allocation: tenths.map(([tenth, own]) => ({ tenth, hosts: sum(own, 'hosts') })),
  };
}

function sum(rows: HostRows, of: Exclude<keyof HostRows[number], 'zone' | 'tenth'>): number {
  return rows.reduce((total, row) => total + row[of], 0);
}

function overPods(rows: z.infer<typeof POD_ROWS>): Pick<Overview, 'pods' | 'waiting'> {
  const states = Map.groupBy(rows, ({ phase, ready }) => `${phase} ${ready}`);
  const count = (some: typeof rows) => some.reduce((total, { pods }) => total + pods, 0);
  const pods = [...states.values()].map((some) => ({
    phase: some[0]!.phase,
    ready: some[0]!.ready,
    pods: count(some),
  }));
  const pending = Map.groupBy(
    rows.filter(({ phase }) => phase === 'Pending'),
    ({ reason }) => reason,
  );
  const waiting = [...pending].map(([reason, some]) => ({ reason, pods: count(some) }));
  return { pods, waiting: waiting.toSorted((a, b) => b.pods - a.pods).slice(0, REASONS) };
}
