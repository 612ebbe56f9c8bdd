/** A plan: which hosts to inspect, how, and when. */
import { Cron } from 'croner';
import type { Selectable } from 'kysely';
import { JdosError } from '../../errors/index.ts';
import { parseLabelSelector } from '../../kube/index.ts';
import { appendAudit, type Records, type Tables } from '../../records/index.ts';
import { CHECKS } from '../checks/index.ts';
import type { RunSpec } from './run.ts';

export interface PlanSpec extends RunSpec {
  /** Five fields of cron, or six with seconds. */
  readonly schedule: string;
  /** Of the schedule. @default Asia/Shanghai */
  readonly timezone?: string;
  /** For a whole run. @default 600 */
  readonly timeoutSeconds?: number;
  /** Runs to keep. @default 90 */
  readonly keep?: number;
  readonly suspended?: boolean;
  /** The brief of each run is mailed to the people of the cluster. */
  readonly mail?: boolean;
}

export interface Plan {
  readonly name: string;
  readonly spec: PlanSpec;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const TIMEZONE = 'Asia/Shanghai';
export const TIMEOUT_SECONDS = 600;
export const KEEP = 90;

/** @throws JdosError JDOS_ERR_USAGE that names the field */
export function checkPlan(name: string, spec: PlanSpec): void {
  if (!/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/.test(name))
    throw bad(name, 'name', 'small letters, digits and dashes', name);
  try {
    cronOf(spec).nextRun();
  } catch (error) {
    throw bad(
      name,
      'schedule',
      'a cron pattern such as "0 8 * * *" and a time zone',
      `${spec.schedule} (${String(error)})`,
    );
  }
  checkSpec(name, spec);
}

/** What runs and plans have in common. @throws JdosError JDOS_ERR_USAGE */
export function checkSpec(name: string, spec: RunSpec): void {
  const unknown = spec.checks?.find((id) => !CHECKS.some((check) => check.id === id));
  if (unknown !== undefined) throw bad(name, 'checks', CHECKS.map((check) => check.id).join(', '), unknown);
  try {
    if (spec.selector !== undefined) parseLabelSelector(spec.selector);
  } catch {
    throw bad(name, 'selector', 'a label selector', spec.selector);
  }
}

function bad(name: string, field: string, expected: string, got: unknown): JdosError {
  return new JdosError('JDOS_ERR_USAGE', { detail: `${name}: ${field}: expected ${expected}, found ${String(got)}` });
}

/** The last moment up to `now` at which the plan was due. */
export function dueBefore(spec: PlanSpec, now: number): number | undefined {
  // What is due at this very moment counts.
  const [last] = cronOf(spec).previousRuns(1, new Date(now + 1));
  return last?.getTime();
}

export function dueAfter(spec: PlanSpec, now: number): number | undefined {
  return cronOf(spec).nextRun(new Date(now))?.getTime();
}

function cronOf({ schedule, timezone = TIMEZONE }: PlanSpec): Cron {
  return new Cron(schedule, { timezone, paused: true });
}

export interface PlanChange {
  readonly by: string;
  readonly now: number;
}

/** `seen`: when the plan was last changed as the person saw it, 0 if he saw none. */
export interface SeenPlanChange extends PlanChange {
  readonly seen: number;
}

/** Makes the plan, or puts it in the place of one of that name; undefined when that is not the one that was seen. */
export function savePlan(
  records: Records,
  name: string,
  spec: PlanSpec,
  change: PlanChange & { seen?: never },
): Promise<Plan>;
export function savePlan(
  records: Records,
  name: string,
  spec: PlanSpec,
  change: SeenPlanChange,
): Promise<Plan | undefined>;
export async function savePlan(
  records: Records,
  name: string,
  spec: PlanSpec,
  { by, now, seen }: PlanChange & { readonly seen?: number },
): Promise<Plan | undefined> {
  checkPlan(name, spec);
  return records.db.transaction().execute(async (tx) => {
    const text = JSON.stringify(spec);
    // Two changes within a millisecond are two all the same.
    const at = Math.max(now, (seen ?? 0) + 1);
    const row = await tx
      .insertInto('inspect_plan')
      .values({ name, spec: text, created_at: now, updated_at: at })
      .onConflict((conflict) => {
        const update = conflict.column('name').doUpdateSet({ spec: text, updated_at: at });
        return seen === undefined ? update : update.where('inspect_plan.updated_at', '=', seen);
      })
      .returningAll()
      .executeTakeFirst();
    if (!row) return undefined;
    const entry = { at: now, actor: by, action: 'inspect.plan.save', object: `plan/${name}`, detail: { ...spec } };
    await appendAudit(records, entry, tx);
    return planOf(row);
  });
}

/** Its runs stay. False when there is none. */
export async function removePlan(records: Records, name: string, { by, now }: PlanChange): Promise<boolean> {
  return records.db.transaction().execute(async (tx) => {
    const { numDeletedRows } = await tx.deleteFrom('inspect_plan').where('name', '=', name).executeTakeFirst();
    if (numDeletedRows === 0n) return false;
    const entry = { at: now, actor: by, action: 'inspect.plan.remove', object: `plan/${name}` };
    await appendAudit(records, entry, tx);
    return true;
  });
}

export async function findPlan({ db }: Records, name: string): Promise<Plan | undefined> {
  const row = await db.selectFrom('inspect_plan').selectAll().where('name', '=', name).executeTakeFirst();
  return row && planOf(row);
}

export async function listPlans({ db }: Records): Promise<Plan[]> {
  return (await db.selectFrom('inspect_plan').selectAll().orderBy('name').execute()).map(planOf);
}

function planOf(row: Selectable<Tables['inspect_plan']>): Plan {
  const spec = JSON.parse(row.spec) as PlanSpec;
  return { name: row.name, spec, createdAt: row.created_at, updatedAt: row.updated_at };
}
