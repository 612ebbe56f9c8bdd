/** How much of the fleet is left for Pods of which size, and why one Pod is, or would be, where it is. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { KubeClient } from '../../kube/index.ts';
import type { Explanation, NodeExplanation } from '../../scheduler/index.ts';
import type { ClusterDoor } from '../cluster-door.ts';
import { EXPLANATION_PAGE, type ExplanationPage, FIT_PAGE } from '../contract/scheduling.ts';
import { Problem } from '../problem.ts';
import { callerIn } from '../request-guard.ts';
import type { LiveTables } from './lists.ts';

export interface SchedulingRoutes {
  readonly tables: LiveTables;
  /** Of JDOS itself: an explanation looks at every host and Pod, for who may see the hosts and this Pod. */
  readonly client: KubeClient;
  readonly cluster: ClusterDoor;
}

const GIB = 2 ** 30;
/** Cores and GiB of the Pods that are asked about when nobody names a size. */
const SIZES: readonly (readonly [number, number])[] = [
  [1, 2],
  [2, 4],
  [4, 8],
  [8, 16],
  [16, 32],
  [32, 64],
];

/** What is left on hosts that take new Pods. */
const FREE = `SELECT greatest(n.cpu_allocatable - coalesce(p.cpu, 0), 0) AS cpu,
    greatest(n.memory_allocatable - coalesce(p.memory, 0), 0) AS memory,
    greatest(n.pods_allocatable - coalesce(p.pods, 0), 0) AS pods
  FROM nodes n LEFT JOIN (
    SELECT cluster, node_name, count(*) AS pods, sum(cpu_request) AS cpu, sum(memory_request) AS memory
    FROM pods WHERE phase NOT IN ('Succeeded', 'Failed') GROUP BY cluster, node_name
  ) p ON p.cluster = n.cluster AND p.node_name = n.name WHERE n.ready AND NOT n.unschedulable`;

const TOTAL = `SELECT count(*) AS hosts, sum(cpu) AS cpu, CAST(sum(memory) AS DOUBLE) AS memory, max(cpu) AS "mostCpu",
  max(memory) AS "mostMemory" FROM (${FREE}) f`;

/** Each host alone: what is left on two hosts together helps no Pod. */
function fitOf([cores, gib]: readonly [number, number]): string {
  const [cpu, memory] = [Number(cores), Number(gib) * GIB];
  const fits = `least(floor(cpu / ${cpu}), floor(memory / ${memory}), pods)`;
  return `SELECT ${cpu} AS cpu, ${memory} AS memory, coalesce(sum(${fits}), 0) AS fits,
    count(*) FILTER (${fits} >= 1) AS hosts,
    coalesce(sum(cpu - ${fits} * ${cpu}), 0) AS "lostCpu", coalesce(CAST(sum(memory - ${fits} * ${memory}) AS DOUBLE), 0) AS "lostMemory"
    FROM (${FREE}) f`;
}

const SIZE = z.coerce.number().min(0.01).max(10_000);
/** Hosts told of each kind: the best, and some of those that refuse. */
const TOLD = 20;

export function schedulingRoutes(plain: FastifyInstance, { tables, client, cluster }: SchedulingRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const config = { access: 'viewer' } as const;
  let running: Promise<unknown> = Promise.resolve();

  app.get(
    '/api/v1/scheduling/fit',
    {
      config,
      schema: {
        querystring: z.object({ cpu: SIZE.optional(), memory: SIZE.optional() }),
        response: { 200: FIT_PAGE },
      },
    },
    async (request) => {
      const { cpu, memory } = request.query;
      const { principal } = callerIn(request);
      const sizes = [...SIZES, ...(cpu !== undefined && memory !== undefined ? [[cpu, memory] as const] : [])];
      const ask = (sql: string) => tables.rows(sql, [], principal, request.signal);
      const [total, items, ageSeconds] = await Promise.all([
        ask(TOTAL),
        ask(sizes.map(fitOf).join(' UNION ALL ')),
        tables.ageSeconds(['nodes', 'pods']),
      ]);
      return FIT_PAGE.parse({ free: total[0], items, ageSeconds });
    },
  );

  app.get(
    '/api/v1/scheduling/explain',
    {
      config: { ...config, rateLimit: { max: 30, timeWindow: 60_000 } },
      schema: {
        querystring: z.object({ namespace: z.string().min(1).max(63), pod: z.string().min(1).max(253) }),
        response: { 200: EXPLANATION_PAGE },
      },
    },
    async (request) => {
      const { namespace, pod } = request.query;
      await cluster.require(callerIn(request).principal, { verb: 'list', resource: 'nodes' });
      const seen = 'SELECT 1 AS one FROM pods WHERE namespace = $1 AND name = $2 LIMIT 1';
      const rows = await tables.rows(seen, [namespace, pod], callerIn(request).principal, request.signal);
      const told = rows.length > 0 ? await alone(() => explained(`${namespace}/${pod}`, request.signal)) : undefined;
      if (!told) throw new Problem('not-found', { detail: `${namespace}/${pod}` });
      return summary(told);
    },
  );

  /** One look at the whole cluster at a time. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = running.then(work, work);
    running = mine.catch(() => undefined);
    return mine;
  }

  async function explained(key: string, signal: AbortSignal): Promise<Explanation | undefined> {
    if (signal.aborted) return undefined;
    const { explainPod } = await import('../../scheduler/index.ts');
    return explainPod({ client, key, signal });
  }
}

function summary({ pod, everywhere, nodes }: Explanation): ExplanationPage {
  const fit = nodes.filter(({ refusals }) => refusals.length === 0);
  const refused = nodes.filter(({ refusals }) => refusals.length > 0);
  return {
    pod,
    hosts: nodes.length,
    everywhere: everywhere?.reasons ?? [],
    reasons: reasonsOf(refused),
    fit: fit.slice(0, TOLD).map(({ node, total = 0, scores }) => ({ node, total, scores })),
    fits: fit.length,
    refused: refused
      .slice(0, TOLD)
      .map(({ node, refusals }) => ({ node, reasons: refusals.flatMap((r) => r.reasons) })),
  };
}

/** How many hosts say so, the most frequent first. */
function reasonsOf(refused: readonly NodeExplanation[]): { reason: string; hosts: number }[] {
  const counts = new Map<string, number>();
  for (const { refusals } of refused)
    for (const reason of new Set(refusals.flatMap(({ reasons }) => reasons)))
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, hosts]) => ({ reason, hosts })).toSorted((a, b) => b.hosts - a.hosts);
}
