/** Jobs in the records, and how each ended on each of its targets. */
import type { Selectable } from 'kysely';
import { type Page, pageOf, type Records, type Tables } from '../records/index.ts';
import type { TargetResult } from './job.ts';
import type { Target } from './target.ts';

/** `lost`: whoever carried it out has not been heard of; what had not begun has not been done. */
export type JobState = 'running' | 'paused' | 'ended' | 'lost';

export interface KeptJob {
  readonly id: string;
  readonly createdAt: number;
  readonly endedAt?: number;
  readonly actor: string;
  readonly selector: string;
  readonly command: string;
  readonly state: JobState;
  readonly targets: number;
  readonly stopped?: string;
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

export const OUTCOMES = ['ok', 'failed', 'unreachable', 'skipped'] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

/** Whoever works on a job says so this often; three times as long without is lost. */
export const HEARTBEAT_MS = 10_000;

export class BatchBook {
  readonly #records: Records;
  readonly #now: () => number;

  constructor(records: Records, now: () => number) {
    this.#records = records;
    this.#now = now;
  }

  async add(job: Pick<KeptJob, 'id' | 'actor' | 'selector' | 'command' | 'targets'>, document: object): Promise<void> {
    const now = this.#now();
    const row = { ...job, created_at: now, ended_at: null, state: 'running', stopped: null, seen_at: now };
    await this.#records.db
      .insertInto('batch_job')
      .values({ ...row, document: JSON.stringify(document) })
      .execute();
  }

  /** `seen`: still at work on it. */
  async mark(id: string, change: { state?: JobState; stopped?: string; ended?: boolean } = {}): Promise<void> {
    const now = this.#now();
    await this.#records.db
      .updateTable('batch_job')
      .set({
        seen_at: now,
        ...(change.state && { state: change.state }),
        ...(change.stopped !== undefined && { stopped: change.stopped }),
        ...(change.ended && { ended_at: now }),
      })
      .where('id', '=', id)
      .execute();
  }

  async note(id: string, results: readonly TargetResult[]): Promise<void> {
    if (results.length === 0) return;
    const rows = results.map((result) => rowOf(id, result, this.#now()));
    await this.#records.db
      .insertInto('batch_result')
      .values(rows)
      .onConflict((conflict) => conflict.columns(['job', 'target']).doNothing())
      .execute();
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

  /** By target. */
  results(
    id: string,
    { kind, limit = 50, after }: { kind?: OutcomeKind; limit?: number; after?: string } = {},
  ): Promise<Page<KeptResult>> {
    const read = async (count: number) => {
      let query = this.#records.db
        .selectFrom('batch_result')
        .select(['target', 'host', 'kind', 'rc', 'stdout', 'stderr', 'message', 'ms', 'at'])
        .where('job', '=', id)
        .orderBy('target')
        .limit(count);
      if (kind !== undefined) query = query.where('kind', '=', kind);
      if (after !== undefined) query = query.where('target', '>', after);
      return query.execute();
    };
    return pageOf(read, limit, ({ target }) => target);
  }

  #jobOf(row: Selectable<Tables['batch_job']>): KeptJob {
    const lost = row.ended_at === null && this.#now() - Number(row.seen_at) > 3 * HEARTBEAT_MS;
    return {
      id: row.id,
      createdAt: Number(row.created_at),
      ...(row.ended_at !== null && { endedAt: Number(row.ended_at) }),
      actor: row.actor,
      selector: row.selector,
      command: row.command,
      state: lost ? 'lost' : (row.state as JobState),
      targets: row.targets,
      ...(row.stopped !== null && { stopped: row.stopped }),
    };
  }
}

/** Pods of different namespaces may have the same name. */
export function labelOf({ namespace, name, container }: Target): string {
  return [namespace, name, container].filter(Boolean).join('/');
}

function rowOf(job: string, { target, outcome }: TargetResult, at: number) {
  const ran = outcome.kind === 'ok' || outcome.kind === 'failed' ? outcome : undefined;
  return {
    job,
    target: labelOf(target),
    host: target.host ?? null,
    kind: outcome.kind,
    rc: ran?.rc ?? null,
    stdout: ran?.stdout ?? '',
    stderr: ran?.stderr ?? '',
    message: 'message' in outcome ? outcome.message : '',
    ms: 'ms' in outcome ? outcome.ms : 0,
    at,
  };
}
