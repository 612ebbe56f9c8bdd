/** Jobs in the records, and how each ended on each of its targets. */
import type { Selectable } from 'kysely';
import { type Page, pageOf, type Records, type Tables } from '../records/index.ts';
import type { Target } from './target.ts';
import { type JobState, OUTCOMES, type OutcomeKind } from './vocabulary.ts';

export { type JobState, OUTCOMES, type OutcomeKind };

export interface KeptJob {
  readonly id: string;
  readonly createdAt: number;
  readonly endedAt?: number;
  readonly actor: string;
  readonly selector: string;
  /** Without secrets. */
  readonly command: string;
  readonly state: JobState;
  readonly targets: number;
  readonly stopped?: string;
  readonly plan: JobPlan;
}

/** How it is carried out, by whoever does. */
export interface JobPlan {
  /** Missing when secrets were in it: those are not kept. */
  readonly command?: readonly string[];
  readonly stages?: readonly (number | 'canary')[];
  readonly concurrency?: number;
  readonly mostFailures?: number;
  readonly timeoutMs?: number;
}

export interface KeptResult {
  readonly target: string;
  readonly host: string | null;
  readonly kind: string;
  readonly rc: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly message: string;
  readonly ms: number;
  readonly at: number;
}

/** Whoever works on a job says so this often; three times as long without is lost. */
export const HEARTBEAT_MS = 10_000;
export const LOST_MS: number = 3 * HEARTBEAT_MS;

/** Rows written by one statement. */
const TOGETHER = 500;

export class BatchBook {
  readonly #records: Records;
  readonly #now: () => number;

  constructor(records: Records, now: () => number) {
    this.#records = records;
    this.#now = now;
  }

  /** The job with all of its targets, as they are when it is asked for; `worker` carries it out. */
  async add(
    job: Pick<KeptJob, 'id' | 'actor' | 'selector' | 'command' | 'plan'>,
    targets: readonly Target[],
    worker: string,
  ): Promise<void> {
    const { plan, ...row } = job;
    const now = this.#now();
    const times = { created_at: now, ended_at: null, seen_at: now };
    const open = { state: 'running', stopped: null, worker, asked: null, asked_by: null };
    const rows = targets.map((target, place) => waitingRow(job.id, target, place, now));
    await this.#records.db.transaction().execute(async (tx) => {
      await tx
        .insertInto('batch_job')
        .values({ ...row, ...times, ...open, targets: targets.length, document: JSON.stringify(plan) })
        .execute();
      for (let i = 0; i < rows.length; i += TOGETHER)
        await tx
          .insertInto('batch_result')
          .values(rows.slice(i, i + TOGETHER))
          .execute();
    });
  }

  /** Whoever carries it out does as people have asked; `undefined` lets it go on. False when it has ended. */
  async ask(id: string, asked: 'pause' | 'cancel' | undefined, actor: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#records.db
      .updateTable('batch_job')
      .set({ asked: asked ?? null, asked_by: actor })
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .where((e) => e.or([e('asked', 'is', null), e('asked', '!=', 'cancel')]))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async get(id: string): Promise<KeptJob | undefined> {
    const row = await this.#records.db.selectFrom('batch_job').selectAll().where('id', '=', id).executeTakeFirst();
    return row && this.#jobOf(row);
  }

  /** Newest first; ids sort by time. */
  list({ limit = 20, after }: { readonly limit?: number; readonly after?: string } = {}): Promise<Page<KeptJob>> {
    const read = async (count: number) => {
      let query = this.#records.db.selectFrom('batch_job').selectAll().orderBy('id', 'desc').limit(count);
      if (after !== undefined) query = query.where('id', '<', after);
      return (await query.execute()).map((row) => this.#jobOf(row));
    };
    return pageOf(read, limit, ({ id }) => id);
  }

  async counts(id: string): Promise<Record<OutcomeKind, number>> {
    const rows = await this.#records.db
      .selectFrom('batch_result')
      .select(({ fn }) => ['kind', fn.countAll<number>().as('n')])
      .where('job', '=', id)
      .groupBy('kind')
      .execute();
    const of = (kind: OutcomeKind) => Number(rows.find((row) => row.kind === kind)?.n ?? 0);
    return { ok: of('ok'), failed: of('failed'), unreachable: of('unreachable'), skipped: of('skipped') };
  }

  /** Of targets on which it has ended, by target. */
  results(
    id: string,
    { kind, limit = 50, after }: { kind?: OutcomeKind; limit?: number; after?: string } = {},
  ): Promise<Page<KeptResult>> {
    const read = async (count: number) => {
      let query = this.#records.db
        .selectFrom('batch_result')
        .select(['target', 'host', 'kind', 'rc', 'stdout', 'stderr', 'message', 'ms', 'at'])
        .where('job', '=', id)
        .where('kind', 'in', kind === undefined ? OUTCOMES : [kind])
        .orderBy('target')
        .limit(count);
      if (after !== undefined) query = query.where('target', '>', after);
      return query.execute();
    };
    return pageOf(read, limit, ({ target }) => target);
  }

  #jobOf(row: Selectable<Tables['batch_job']>): KeptJob {
    return {
      id: row.id,
      createdAt: Number(row.created_at),
      ...(row.ended_at !== null && { endedAt: Number(row.ended_at) }),
      actor: row.actor,
      selector: row.selector,
      command: row.command,
      state: this.#stateOf(row),
      targets: row.targets,
      ...(row.stopped !== null && { stopped: row.stopped }),
      plan: JSON.parse(row.document) as JobPlan,
    };
  }

  #stateOf({ ended_at, seen_at, worker, asked }: Selectable<Tables['batch_job']>): JobState {
    if (ended_at !== null) return 'ended';
    if (worker === null || this.#now() - Number(seen_at) > LOST_MS) return 'lost';
    return asked === 'pause' ? 'paused' : 'running';
  }
}

/** Pods of different namespaces may have the same name. */
export function labelOf({ namespace, name, container }: Target): string {
  return [namespace, name, container].filter(Boolean).join('/');
}

/** Its labels have chosen it; what reaches it is kept. */
function waitingRow(job: string, { labels: _, ...target }: Target, place: number, at: number) {
  const nothing = { rc: null, stdout: '', stderr: '', message: '', ms: 0, worker: null };
  const document = JSON.stringify(target);
  const label = labelOf({ ...target, labels: {} });
  const which = { job, target: label, host: target.host ?? null, place };
  return { ...nothing, ...which, kind: 'waiting', at, target_document: document };
}
