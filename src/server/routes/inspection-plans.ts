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
import { type Language, languageOf, Problem } from '../problem.ts';
import { callerIn } from '../request-guard.ts';

export interface InspectionPlanRoutes {
  readonly records: Records;
  readonly clock?: Clock;
}

const DAY_MS = 86_400_000;
const NEXT_TIMES = 5;
const SELECTOR = z.string().trim().max(500);
const AIM = {
  check: z.string().max(64),
  host: z.string().trim().max(253).optional(),
  selector: SELECTOR.optional(),
};
const SPEC = z.object({
  schedule: z.string().trim().min(1).max(100),
  timezone: z.string().max(64).optional(),
  selector: SELECTOR.optional(),
  hosts: z.array(z.string().max(253)).max(5000).optional(),
  checks: z.array(z.string().max(64)).max(100).optional(),
  way: z.enum(WAYS).optional(),
  timeoutSeconds: z.number().int().min(10).max(86_400).optional(),
  keep: z.number().int().min(1).max(1000).optional(),
  suspended: z.boolean().optional(),
});
const NAMED = z.object({ name: z.string().max(63) });
const ID = z.object({ id: z.coerce.number().int().min(1) });

export function inspectionPlanRoutes(plain: FastifyInstance, o: InspectionPlanRoutes): void {
  const { records, clock = systemClock } = o;
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const see = { access: 'viewer' } as const;
  const act = { access: 'operator' } as const;

  app.get('/api/v1/inspection/checks', { config: see }, ({ headers }) => {
    const language = languageOf(headers['accept-language']);
    const items = CHECKS.map(({ id, name, remedy }) => ({ id, name: name[language], remedy: remedy[language] }));
    return { items };
  });

  app.get('/api/v1/inspection/plans', { config: see }, async () => {
    const now = clock.now();
    return { items: (await listPlans(records)).map((plan) => ({ ...plan, nextAt: nextOf(plan, now) ?? null })) };
  });

  app.get(
    '/api/v1/inspection/plans/times',
    {
      config: see,
      schema: { querystring: z.object({ schedule: z.string().max(100), timezone: z.string().max(64).optional() }) },
    },
    ({ query: { schedule, timezone } }) => ({
      items: nextTimes({ schedule, ...(timezone && { timezone }) }, clock.now()),
    }),
  );

  app.put(
    '/api/v1/inspection/plans/:name',
    {
      config: act,
      // `updatedAt` of the plan as the person saw it; 0 for a new one.
      schema: { params: NAMED, body: z.object({ spec: SPEC, updatedAt: z.number().int().min(0) }) },
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

  app.delete('/api/v1/inspection/plans/:name', { config: act, schema: { params: NAMED } }, async (request, reply) => {
    const by = callerIn(request).principal.name;
    const { name } = request.params;
    if (!(await removePlan(records, name, { by, now: clock.now() }))) throw new Problem('not-found', { detail: name });
    return reply.code(204).send();
  });

  app.get(
    '/api/v1/inspection/exemptions',
    { config: see, schema: { querystring: z.object({ all: z.stringbool().default(false) }) } },
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
    { config: see, schema: { querystring: z.object(AIM) } },
    async ({ query }) => {
      const aim = aimOf(query);
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
        body: z.object({
          ...AIM,
          reason: z.string().trim().min(1).max(500),
          days: z.number().int().min(1).max(MOST_EXEMPT_DAYS),
        }),
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

  app.post('/api/v1/inspection/exemptions/:id/end', { config: act, schema: { params: ID } }, async (request, reply) => {
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

function present(spec: z.infer<typeof SPEC>): PlanSpec {
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
