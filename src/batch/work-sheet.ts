/**
 * One job as the process that carries it out reads and writes it. A target is begun once, whatever becomes of processes:
 * that it begins is written before it does, and what has begun is nobody else's any more.
 */
import type { Kysely } from 'kysely';
import type { Records, Tables } from '../records/index.ts';
import { LOST_MS, labelOf } from './book.ts';
import type { TargetResult } from './job.ts';
import type { Target } from './target.ts';

export interface SheetOptions {
  readonly records: Records;
  readonly job: string;
  /** Unlike every other process. */
  readonly worker: string;
  readonly now: () => number;
}

/** `gone`: another process carries it out now, or nobody shall. */
export type Asked = { readonly kind: 'go-on' | 'gone' } | { readonly kind: 'pause' | 'cancel'; readonly by: string };

export interface Sheet {
  /** All of them, in their order. */
  readonly targets: readonly Target[];
  /** Labels of those that nobody has begun. */
  readonly waiting: ReadonlySet<string>;
  /** On so many it has gone wrong already; that a process was lost is no fault of the targets. */
  readonly bad: number;
}

const OPEN = ['waiting', 'running'] as const;
const TOGETHER = 500;

export class WorkSheet {
  readonly #o: SheetOptions;
  readonly #db: Kysely<Tables>;

  constructor(options: SheetOptions) {
    this.#o = options;
    this.#db = options.records.db;
  }

  /** False when somebody else is at it, or it has ended. */
  async take(): Promise<boolean> {
    const { job, worker, now } = this.#o;
    const { numUpdatedRows } = await this.#db
      .updateTable('batch_job')
      .set({ worker, seen_at: now() })
      .where('id', '=', job)
      .where('ended_at', 'is', null)
      .where((e) => e.or([e('worker', 'is', null), e('seen_at', '<', now() - LOST_MS)]))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async read(): Promise<Sheet> {
    const rows = await this.#db
      .selectFrom('batch_result')
      .select(['target', 'kind', 'worker', 'target_document'])
      .where('job', '=', this.#o.job)
      .orderBy('place')
      .execute();
    const known = rows.filter(({ target_document }) => target_document !== null);
    return {
      targets: known.map(({ target_document }) => ({ ...(JSON.parse(target_document!) as Target), labels: {} })),
      waiting: new Set(known.filter(({ kind }) => kind === 'waiting').map(({ target }) => target)),
      bad: rows.filter(({ kind, worker }) => kind === 'failed' || (kind === 'unreachable' && worker !== null)).length,
    };
  }

  async asked(): Promise<Asked> {
    const row = await this.#db
      .selectFrom('batch_job')
      .select(['asked', 'asked_by', 'worker', 'ended_at'])
      .where('id', '=', this.#o.job)
      .executeTakeFirst();
    if (!row || row.worker !== this.#o.worker || row.ended_at !== null) return { kind: 'gone' };
    if (row.asked === 'pause' || row.asked === 'cancel') return { kind: row.asked, by: row.asked_by ?? '' };
    return { kind: 'go-on' };
  }

  /** That somebody is still at it. */
  async beat(): Promise<void> {
    await this.#mine({ seen_at: this.#o.now() });
  }

  /** Those of the targets that may be begun now, by nobody else. */
  async begin(labels: readonly string[]): Promise<ReadonlySet<string>> {
    const { job, worker, now } = this.#o;
    const rows = await this.#db
      .updateTable('batch_result')
      .set({ kind: 'running', worker, at: now() })
      .where('job', '=', job)
      .where('target', 'in', labels)
      .where('kind', '=', 'waiting')
      .where((e) =>
        e.exists(
          e.selectFrom('batch_job').select('id').where('batch_job.id', '=', job).where('batch_job.worker', '=', worker),
        ),
      )
      .returning('target')
      .execute();
    return new Set(rows.map(({ target }) => target));
  }

  /** How it ended on these; what has ended before stays as it was. */
  async note(results: readonly TargetResult[]): Promise<void> {
    for (let i = 0; i < results.length; i += TOGETHER) {
      const rows = results.slice(i, i + TOGETHER).map((result) => this.#rowOf(result));
      await this.#db
        .insertInto('batch_result')
        .values(rows)
        .onConflict((conflict) =>
          conflict
            .columns(['job', 'target'])
            .doUpdateSet((e) => ({
              kind: e.ref('excluded.kind'),
              rc: e.ref('excluded.rc'),
              stdout: e.ref('excluded.stdout'),
              stderr: e.ref('excluded.stderr'),
              message: e.ref('excluded.message'),
              ms: e.ref('excluded.ms'),
              at: e.ref('excluded.at'),
            }))
            .where('batch_result.kind', 'in', OPEN),
        )
        .execute();
    }
  }

  /** What another process had begun may have run or not: nobody begins it again. */
  async giveUpOthers(message: string): Promise<void> {
    const { job, worker, now } = this.#o;
    await this.#db
      .updateTable('batch_result')
      .set({ kind: 'unreachable', message, worker: null, at: now() })
      .where('job', '=', job)
      .where('kind', '=', 'running')
      .where((e) => e.or([e('worker', 'is', null), e('worker', '!=', worker)]))
      .execute();
  }

  async skipWaiting(message: string): Promise<void> {
    await this.#db
      .updateTable('batch_result')
      .set({ kind: 'skipped', message, at: this.#o.now() })
      .where('job', '=', this.#o.job)
      .where('kind', '=', 'waiting')
      .execute();
  }

  async end(stopped: string | undefined): Promise<void> {
    await this.#mine({ state: 'ended', ended_at: this.#o.now(), ...(stopped !== undefined && { stopped }) });
  }

  /** Somebody else may go on with it at once. */
  async letGo(): Promise<void> {
    await this.#mine({ worker: null });
  }

  async #mine(change: Partial<{ state: string; ended_at: number; seen_at: number; stopped: string; worker: null }>) {
    await this.#db
      .updateTable('batch_job')
      .set(change)
      .where('id', '=', this.#o.job)
      .where('worker', '=', this.#o.worker)
      .execute();
  }

  #rowOf({ target, outcome }: TargetResult) {
    const { job, worker, now } = this.#o;
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
      at: now(),
      place: 0,
      target_document: null,
      worker,
    };
  }
}
