/** History is kept for so long and no longer. */
import { sql } from 'kysely';
import { type Clock, sleep, systemClock } from '../kube/index.ts';
import type { Tables } from './migrations/index.ts';
import type { Records } from './records.ts';

/** The audit is kept for good: a chain has no beginning that may be cut off. */
export type RetainedTable = Exclude<keyof Tables, 'audit'>;

export interface RetentionRule {
  readonly table: RetainedTable;
  /** Holds milliseconds since the epoch; rows where it is null stay. */
  readonly column: string;
  readonly days: number;
}

const DAY_MS = 86_400_000;
/** Small steps, so that other writers get their turn. */
const STEP = 1000;

/** Takes away what is older than its rule says; answers how many rows. */
export async function sweep({ db, engine }: Records, rules: readonly RetentionRule[], now: number): Promise<number> {
  const rowId = sql.raw(engine === 'sqlite' ? 'rowid' : 'ctid');
  let swept = 0;
  for (const { table, column, days } of rules) {
    const old = sql`select ${rowId} from ${sql.table(table)} where ${sql.ref(column)} < ${now - days * DAY_MS} limit ${STEP}`;
    for (;;) {
      const { numAffectedRows = 0n } = await sql`delete from ${sql.table(table)} where ${rowId} in (${old})`.execute(
        db,
      );
      swept += Number(numAffectedRows);
      if (numAffectedRows < STEP) break;
    }
  }
  return swept;
}

export interface RetentionOptions {
  readonly rules: readonly RetentionRule[];
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** @default an hour */
  readonly periodMs?: number;
  readonly onError?: (error: unknown) => void;
}

/** Sweeps now and then until the signal. Resolves when it has ended. */
export async function keepRetention(records: Records, options: RetentionOptions): Promise<void> {
  const { rules, signal, clock = systemClock, periodMs = 3_600_000, onError = () => {} } = options;
  while (!signal.aborted) {
    await sweep(records, rules, clock.now()).catch(onError);
    await sleep(clock, periodMs, signal).catch(() => undefined);
  }
}
