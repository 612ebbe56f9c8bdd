/** How many hosts may still go into maintenance, by which rules, and the switch that stops all of it. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { budgetRules, killSwitch, Ledger, setBudgetRules, setKillSwitch, zoneBudget } from '../../maintenance/index.ts';
import type { Records } from '../../records/index.ts';
import { BUDGET_RULES, BUDGETS } from '../contract/budgets.ts';
import { NOTHING } from '../contract/page.ts';
import { callerIn } from '../request-guard.ts';
import type { Principal } from '../roles.ts';
import type { LiveTables } from './lists.ts';

export interface BudgetRoutes {
  readonly tables: LiveTables;
  readonly records: Records;
}

const ZONES = `SELECT coalesce(zone, '') AS zone, count(*) AS hosts, count(*) FILTER (ready) AS ready FROM nodes
  GROUP BY 1 ORDER BY 1`;

export function budgetRoutes(plain: FastifyInstance, { tables, records }: BudgetRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const ledger = new Ledger(records);

  const left = { config: { access: 'viewer' }, schema: { response: { 200: BUDGETS } } } as const;
  app.get('/api/v1/budgets', left, async (request) => {
    const { principal } = callerIn(request);
    const [rules, stopped, zones, held] = await Promise.all([
      budgetRules(ledger),
      killSwitch(ledger),
      tables.rows(ZONES, [], principal, request.signal),
      heldByZone(principal, request.signal),
    ]);
    const items = zones.map((row) => {
      const zone = String(row.zone);
      const counts = { zone, hosts: Number(row.hosts), ready: Number(row.ready), held: held.get(zone) ?? 0 };
      return zoneBudget(counts, rules);
    });
    return { rules, zones: items, stopped: stopped ?? null };
  });

  const ruled = {
    config: { access: 'admin' },
    schema: { body: BUDGET_RULES, response: { 200: BUDGET_RULES } },
  } as const;
  app.put('/api/v1/budgets', ruled, async (request) => {
    await setBudgetRules(ledger, request.body, callerIn(request).principal.name);
    return budgetRules(ledger);
  });

  app.put(
    '/api/v1/budgets/stop',
    {
      config: { access: 'operator' },
      schema: {
        body: z.object({ on: z.boolean(), reason: z.string().trim().min(1).max(500) }),
        response: { 204: NOTHING },
      },
    },
    async (request, reply) => {
      const { on, reason } = request.body;
      await setKillSwitch(ledger, on, callerIn(request).principal.name, reason);
      return reply.code(204).send();
    },
  );

  /** Hosts of operations that have begun. */
  async function heldByZone(reader: Principal, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const open = await ledger.open();
    const hosts = open.filter(({ state }) => state !== 'awaiting-approval').map(({ host }) => host);
    if (hosts.length === 0) return new Map();
    const names = hosts.map((_, i) => `$${i + 1}`).join(', ');
    const sql = `SELECT coalesce(zone, '') AS zone, count(*) AS held FROM nodes WHERE name IN (${names}) GROUP BY 1`;
    const rows = await tables.rows(sql, hosts, reader, signal);
    return new Map(rows.map(({ zone, held }) => [String(zone), Number(held)]));
  }
}
