/**
 * Who did what, when: a chain in which each row carries the hash of the one before. The engine refuses changes; whoever
 * goes around the engine breaks the chain, and {@link verifyAudit} says where.
 */
import { hash } from 'node:crypto';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { Tables } from './migrations/index.ts';
import { type Page, pageOf } from './page.ts';
import type { Records } from './records.ts';

export interface AuditEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** A person or a component. */
  readonly actor: string;
  /** A verb and its noun: `maintenance.start`. */
  readonly action: string;
  /** What it was done to: `host/gz1-r0101-01`. */
  readonly object: string;
  /** Whatever else is to be known, without secrets. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface AuditRow extends Required<AuditEntry> {
  readonly seq: number;
  readonly hash: string;
}

/** Of all writers of the chain one works at a time. SQLite has it so for every writer. */
const CHAIN_LOCK = 7_410_291;

/** Writes one row. Inside a transaction it stands or falls with it: an act and its record are one write. */
export async function appendAudit(records: Records, entry: AuditEntry, tx?: Transaction<Tables>): Promise<AuditRow> {
  return tx ? append(records, entry, tx) : records.db.transaction().execute((own) => append(records, entry, own));
}

async function append(records: Records, entry: AuditEntry, tx: Transaction<Tables>): Promise<AuditRow> {
  if (records.engine === 'postgres') await sql`select pg_advisory_xact_lock(${CHAIN_LOCK})`.execute(tx);
  const last = await tx.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  const { at, actor, action, object, detail = {} } = entry;
  const seq = (last?.seq ?? 0) + 1;
  const row = { seq, at, actor, action, object, detail: JSON.stringify(detail), previous: last?.hash ?? '' };
  const stored = { ...row, hash: hashOf(row) };
  await tx.insertInto('audit').values(stored).execute();
  return rowOf(stored);
}

export interface AuditQuery {
  readonly object?: string;
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** Newest first. */
export function listAudit({ db }: Records, { object, limit = 100, after }: AuditQuery = {}): Promise<Page<AuditRow>> {
  const read = async (count: number) => {
    let query = db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(count);
    if (object !== undefined) query = query.where('object', '=', object);
    if (after !== undefined) query = query.where('seq', '<', Number(after));
    return (await query.execute()).map(rowOf);
  };
  return pageOf(read, limit, (row) => String(row.seq));
}

export interface AuditVerdict {
  readonly entries: number;
  /** Hash of the newest row: kept elsewhere, it proves later that no row was cut off. */
  readonly head: string;
  readonly broken?: { readonly seq: number; readonly why: string };
}

export interface VerifyOptions {
  /** A head that was seen before and must still be in the chain. */
  readonly expected?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

const STEP = 5000;

/** Reckons the whole chain anew. */
export async function verifyAudit({ db }: Records, options: VerifyOptions = {}): Promise<AuditVerdict> {
  const { onProgress = () => {}, expected } = options;
  const counted = await db.selectFrom('audit').select(db.fn.countAll<number>().as('n')).executeTakeFirstOrThrow();
  let [entries, head, met] = [0, '', expected === undefined];
  for (;;) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', entries)
      .orderBy('seq')
      .limit(STEP)
      .execute();
    for (const row of rows) {
      const why = faultOf(row, entries + 1, head);
      if (why) return { entries, head, broken: { seq: entries + 1, why } };
      [entries, head] = [row.seq, row.hash];
      met ||= head === expected;
    }
    onProgress(entries, Number(counted.n));
    if (rows.length < STEP) break;
  }
  return { entries, head, ...(!met && { broken: { seq: entries + 1, why: 'the expected head is not in the chain' } }) };
}

type Stored = Selectable<Tables['audit']>;

function faultOf(row: Stored, seq: number, previous: string): string | undefined {
  if (row.seq !== seq) return 'the row is missing';
  if (row.previous !== previous) return 'it does not follow the row before';
  if (row.hash !== hashOf(row)) return 'its content was changed';
  return undefined;
}

function hashOf({ seq, at, actor, action, object, detail, previous }: Omit<Stored, 'hash'>): string {
  return hash('sha256', JSON.stringify([seq, at, actor, action, object, detail, previous]));
}

function rowOf({ previous: _, detail, ...row }: Stored): AuditRow {
  return { ...row, detail: JSON.parse(detail) as Record<string, unknown> };
}
