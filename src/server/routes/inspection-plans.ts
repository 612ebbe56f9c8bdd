/** What steers inspection: the checks there are, plans by the clock, and hosts that may fail a check for a while. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  addExemption,
  CHECKS,
  checkOf,
  dueAfter,
  type Exemption,
  endExemption,
  exemptionReach,
  listExemptions,
  listPlans,
  MOST_EXEMPT_DAYS,
  type Plan,
  type PlanSpec,
  removePlan,
  requireExemption,
  savePlan,
  WAYS,
} from '../../inspection/index.ts';
import { type Clock, systemClock } from '../../kube/index.ts';
import type { Records } from '../../records/index.ts';
import type { ClusterDoor } from '../cluster-door.ts';
import {
  AIM,
  CHECK_NAMES,
  EXEMPTION,
  EXEMPTION_REACH,
  EXEMPTIONS,
  PLAN,
  PLAN_SPEC,
  PLANS,
  TIMES,
} from '../contract/inspection-plan.ts';
import { NOTHING } from '../contract/page.ts';
import { type Language, languageOf, Problem } from '../problem.ts';
import { callerIn } from '../request-guard.ts';

export interface InspectionPlanRoutes {
  readonly records: Records;
  readonly cluster: ClusterDoor;
  readonly clock?: Clock;
}

const DAY_MS = 86_400_000;
const NEXT_TIMES = 5;
const PLAN_WISH = PLAN_SPEC.extend({ way: z.enum(WAYS).optional() });
const NAMED = z.object({ name: z.string().max(63) });
const ID = z.object({ id: z.coerce.number().int().min(1) });

export function inspectionPlanRoutes(plain: FastifyInstance, o: InspectionPlanRoutes): void {
  const { records, cluster, clock = systemClock } = o;
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const see = { access: 'viewer' } as const;
  const act = { access: 'operator' } as const;

  app.get('/api/v1/inspection/checks', { config: see, schema: { response: { 200: CHECK_NAMES } } }, ({ headers }) => {
    const language = languageOf(headers['accept-language']);
    const items = CHECKS.map(({ id, name, remedy }) => ({ id, name: name[language], remedy: remedy[language] }));
    return { items };
  });

  app.get('/api/v1/inspection/plans', { config: see, schema: { response: { 200: PLANS } } }, async () => {
    const now = clock.now();
    return { items: (await listPlans(records)).map((plan) => ({ ...plan, nextAt: nextOf(plan, now) ?? null })) };
  });

  app.get(
    '/api/v1/inspection/plans/times',
    {
      config: see,
      schema: {
        querystring: z.object({ schedule: z.string().max(100), timezone: z.string().max(64).optional() }),
        response: { 200: TIMES },
      },
    },
    ({ query: { schedule, timezone } }) => ({
      items: nextTimes({ schedule, ...(timezone && { timezone }) }, clock.now()),
    }),
  );

  app.put(
    '/api/v1/inspection/plans/:name',
    {
      config: act,
      schema: {
        params: NAMED,
        body: z.object({
          spec: PLAN_WISH,
          updatedAt: z.number().int().min(0).describe('Of the plan as the person saw it; 0 for a new one'),
        }),
        response: { 200: PLAN },
      },
    },
    async (request) => {
      const { name } = request.params;
      const { spec, updatedAt: seen } = request.body;
      const by = callerIn(request).principal.name;
      const plan = await savePlan(records, name, present(spec), { by, now: clock.now(), seen });
      if (!plan) throw new Problem('conflict', { detail: name });
      return plan;
    },
  );

  const removed = { config: act, schema: { params: NAMED, response: { 204: NOTHING } } };
  app.delete('/api/v1/inspection/plans/:name', removed, async (request, reply) => {
    const by = callerIn(request).principal.name;
    const { name } = request.params;
    if (!(await removePlan(records, name, { by, now: clock.now() }))) throw new Problem('not-found', { detail: name });
    return reply.code(204).send();
  });

  app.get(
    '/api/v1/inspection/exemptions',
    {
      config: see,
      schema: { querystring: z.object({ all: z.stringbool().default(false) }), response: { 200: EXEMPTIONS } },
    },
    async ({ query, headers }) => {
      const language = languageOf(headers['accept-language']);
      const now = clock.now();
      const inForce = new Set((await listExemptions(records, now)).map(({ id }) => id));
      const found = query.all ? await listExemptions(records, now, true) : await listExemptions(records, now);
      return { items: found.map((one) => ({ ...named(one, language), inForce: inForce.has(one.id) })).toReversed() };
    },
  );

  app.get(
    '/api/v1/inspection/exemptions/reach',
    { config: see, schema: { querystring: AIM, response: { 200: EXEMPTION_REACH } } },
    async (request) => {
      await cluster.require(callerIn(request).principal, { verb: 'list', resource: 'nodes' });
      const aim = aimOf(request.query);
      requireExemption({ ...aim, reason: 'a preview', days: 1 });
      const { hosts, failing, ...run } = await exemptionReach(records, aim);
      return { ...run, hosts: hosts.length, failing: failing.length, names: failing.slice(0, 20) };
    },
  );

  app.post(
    '/api/v1/inspection/exemptions',
    {
      config: act,
      schema: {
        body: AIM.extend({
          reason: z.string().trim().min(1).max(500),
          days: z.number().int().min(1).max(MOST_EXEMPT_DAYS),
        }),
        response: { 201: EXEMPTION },
      },
    },
    async (request, reply) => {
      const { days, reason } = request.body;
      const aim = aimOf(request.body);
      requireExemption({ ...aim, reason, days });
      const now = clock.now();
      const by = callerIn(request).principal.name;
      const wish = { ...aim, reason, by, createdAt: now, expiresAt: now + days * DAY_MS };
      return reply.code(201).send(await addExemption(records, wish));
    },
  );

  const ended = { config: act, schema: { params: ID, response: { 204: NOTHING } } };
  app.post('/api/v1/inspection/exemptions/:id/end', ended, async (request, reply) => {
    const { id } = request.params;
    const by = callerIn(request).principal.name;
    if (!(await endExemption(records, id, { by, now: clock.now() })))
      throw new Problem('not-found', { detail: `exemption ${id}` });
    return reply.code(204).send();
  });
}

function aimOf({ check, host, selector }: { check: string; host?: string | undefined; selector?: string | undefined }) {
  return { check, ...(host && { host }), ...(selector && { selector }) };
}

function present(spec: z.infer<typeof PLAN_WISH>): PlanSpec {
  const set = Object.entries(spec).filter(
    ([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return { ...Object.fromEntries(set), schedule: spec.schedule };
}

function named(exemption: Exemption, language: Language) {
  return { ...exemption, name: checkOf(exemption.check).name[language] };
}

function nextOf({ spec }: Plan, now: number): number | undefined {
  return spec.suspended ? undefined : dueAfter(spec, now);
}

/** @throws Problem `bad-field` when that is no schedule */
function nextTimes(spec: PlanSpec, now: number): number[] {
  const times: number[] = [];
  try {
    for (let at = dueAfter(spec, now); at !== undefined && times.length < NEXT_TIMES; at = dueAfter(spec, at))
      times.push(at);
  } catch (cause) {
    const fault = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('bad-field', { fields: [{ field: 'schedule', fault }], cause });
  }
  return times;
}
