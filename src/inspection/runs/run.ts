/** One run: the hosts as they were when it began, and how far it is. */
import type { Selectable } from 'kysely';
import { type Page, pageOf, type Records, type Tables } from '../../records/index.ts';
import type { Subject } from '../subject.ts';
import type { RunState } from '../vocabulary.ts';

export type { RunState };

export interface Run {
  readonly id: number;
  readonly plan?: string;
  readonly dueAt?: number;
  readonly by: string;
  /** `cut`: its time was up before all hosts had answered; they are Unknown. */
  readonly state: RunState;
  readonly startedAt: number;
  readonly deadlineAt: number;
  readonly finishedAt?: number;
  readonly scope: number;
  readonly spec: RunSpec;
}

export interface RunSpec {
  readonly selector?: string;
  readonly hosts?: readonly string[];
  /** Ids; all without it. */
  readonly checks?: readonly string[];
  readonly way?: string;
}

export interface NewRun {
  readonly by: string;
  readonly now: number;
  readonly timeoutMs: number;
  readonly spec: RunSpec;
  readonly plan?: string;
  readonly dueAt?: number;
}

/** Rows in one statement: engines take so many parameters and no more. */
export const STEP = 1000;

/** Writes the run with its scope, whole or not at all. Undefined when this plan's run of this moment is there already. */
export async function createRun({ db }: Records, run: NewRun, scope: readonly Subject[]): Promise<Run | undefined> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .insertInto('inspect_run')
      .values({
        plan: run.plan ?? null,
        due_at: run.dueAt ?? null,
        made_by: run.by,
        state: 'running',
        started_at: run.now,
        deadline_at: run.now + run.timeoutMs,
        scope: scope.length,
        spec: JSON.stringify(run.spec),
      })
      .onConflict((conflict) => conflict.columns(['plan', 'due_at']).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (!row) return undefined;
    for (let at = 0; at < scope.length; at += STEP) {
      const rows = scope.slice(at, at + STEP);
      const values = rows.map((subject) => ({ run_id: row.id, host: subject.host, subject: JSON.stringify(subject) }));
      await tx.insertInto('inspect_scope').values(values).execute();
    }
    return runOf(row);
  });
}

export async function findRun({ db }: Records, id: number): Promise<Run | undefined> {
  const row = await db.selectFrom('inspect_run').selectAll().where('id', '=', id).executeTakeFirst();
  return row && runOf(row);
}

/** The newest that has ended, of a plan or of any. */
export async function latestRun({ db }: Records, plan?: string): Promise<Run | undefined> {
  let query = db.selectFrom('inspect_run').selectAll().where('state', '!=', 'running').orderBy('id', 'desc').limit(1);
  if (plan !== undefined) query = query.where('plan', '=', plan);
  const row = await query.executeTakeFirst();
  return row && runOf(row);
}

/** The newest moment for which the plan has a run. */
export async function latestDue({ db }: Records, plan: string): Promise<number | undefined> {
  const due = db.fn.max('due_at').as('due');
  const row = await db.selectFrom('inspect_run').select(due).where('plan', '=', plan).executeTakeFirst();
  return row?.due ?? undefined;
}

export interface RunQuery {
  readonly plan?: string;
  readonly limit?: number;
  readonly after?: string;
}

/** Newest first. */
export function listRuns({ db }: Records, { plan, limit = 50, after }: RunQuery = {}): Promise<Page<Run>> {
  const read = async (count: number) => {
    let query = db.selectFrom('inspect_run').selectAll().orderBy('id', 'desc').limit(count);
    if (plan !== undefined) query = query.where('plan', '=', plan);
    if (after !== undefined) query = query.where('id', '<', Number(after));
    return (await query.execute()).map(runOf);
  };
  return pageOf(read, limit, (run) => String(run.id));
}

/** Runs that nobody works on: their worker has not been heard of. */
export async function orphanedRuns({ db }: Records, now: number): Promise<Run[]> {
  const rows = await db
    .selectFrom('inspect_run')
    .selectAll()
    .where('state', '=', 'running')
    .where((where) => where.or([where('worker_until', 'is', null), where('worker_until', '<', now)]))
    .orderBy('id')
    .execute();
  return rows.map(runOf);
}

/** Who works on a run says so now and then. False when another does. */
export async function claimRun({ db }: Records, id: number, claim: { worker: string; now: number; forMs: number }) {
  const { worker, now, forMs } = claim;
  const { numUpdatedRows } = await db
    .updateTable('inspect_run')
    .set({ worker, worker_until: now + forMs })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .where((where) =>
      where.or([where('worker', 'is', null), where('worker', '=', worker), where('worker_until', '<', now)]),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** True once: the first who says how it ended. */
export async function endRun({ db }: Records, id: number, state: RunState, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('inspect_run')
    .set({ state, finished_at: now, worker: null, worker_until: null })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Hosts of the run that have no results yet. */
export async function remaining({ db }: Records, id: number): Promise<Subject[]> {
  const rows = await db
    .selectFrom('inspect_scope')
    .select('subject')
    .where('run_id', '=', id)
    .where('done_at', 'is', null)
    .orderBy('host')
    .execute();
  return rows.map((row) => JSON.parse(row.subject) as Subject);
}

/** Keeps the newest runs of a plan (or of those without one), and takes the others away with all that is theirs. */
export async function keepRuns({ db }: Records, plan: string | undefined, keep: number): Promise<number> {
  let query = db.selectFrom('inspect_run').select('id').where('state', '!=', 'running').orderBy('id', 'desc');
  query = plan === undefined ? query.where('plan', 'is', null) : query.where('plan', '=', plan);
  const old = (await query.execute()).slice(keep);
  for (const { id } of old) {
    await db.transaction().execute(async (tx) => {
      await tx.deleteFrom('inspect_result').where('run_id', '=', id).execute();
      await tx.deleteFrom('inspect_scope').where('run_id', '=', id).execute();
      await tx.deleteFrom('inspect_run').where('id', '=', id).execute();
    });
  }
  return old.length;
}

function runOf(row: Selectable<Tables['inspect_run']>): Run {
  return {
    id: row.id,
    ...(row.plan !== null && { plan: row.plan }),
    ...(row.due_at !== null && { dueAt: row.due_at }),
    by: row.made_by,
    state: row.state as RunState,
    startedAt: row.started_at,
    deadlineAt: row.deadline_at,
    ...(row.finished_at !== null && { finishedAt: row.finished_at }),
    scope: row.scope,
    spec: JSON.parse(row.spec) as RunSpec,
  };
}
