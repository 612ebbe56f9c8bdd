/**
 * History in tables: runs, operations, notifications, audit. One set of tables on two engines: SQLite in the data
 * directory, which several processes may have open, or PostgreSQL where JDOS runs in replicas.
 *
 * Conventions of every table: times are milliseconds since the epoch in `bigint`; structured values are JSON in `text`;
 * there are no booleans; lists are read by key, never by offset.
 */
import { join } from 'node:path';
import { type Dialect, Kysely } from 'kysely';
import { JdosError } from '../errors/index.ts';
import { type Engine, migrate } from './migration.ts';
import { MIGRATIONS, type Tables } from './migrations/index.ts';
import { postgresDialect } from './postgres.ts';
import { sqliteDialect } from './sqlite.ts';

export interface RecordsOptions {
  /** Told when an idle connection breaks; the next use makes a new one. */
  readonly onError?: (error: unknown) => void;
}

export class Records implements AsyncDisposable {
  readonly engine: Engine;
  readonly db: Kysely<Tables>;
  /** Where the records are, without a password: for messages. */
  readonly place: string;

  constructor(engine: Engine, db: Kysely<Tables>, place: string) {
    this.engine = engine;
    this.db = db;
    this.place = place;
  }

  /** Idempotent. */
  close(): Promise<void> {
    return this.db.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Opens, and brings to shape, the records at a `postgres://` URL or in a data directory. The URL may leave the password
 * to PGPASSWORD or ~/.pgpass.
 * @throws JdosError JDOS_ERR_RECORDS
 */
export async function openRecords(where: string, options: RecordsOptions = {}): Promise<Records> {
  const place = placeOf(where);
  let db: Kysely<Tables> | undefined;
  try {
    const engine: Engine = isUrl(where) ? 'postgres' : 'sqlite';
    db = new Kysely<Tables>({ dialect: await dialectOf(where, options) });
    await migrate(db as unknown as Kysely<never>, engine, MIGRATIONS);
    return new Records(engine, db, place);
  } catch (cause) {
    await db?.destroy().catch(() => undefined);
    throw new JdosError('JDOS_ERR_RECORDS', { place, detail: wordsOf(cause) }, { cause });
  }
}

function dialectOf(where: string, { onError = () => {} }: RecordsOptions): Dialect | Promise<Dialect> {
  return isUrl(where) ? postgresDialect(where, onError) : sqliteDialect(join(where, 'records.db'));
}

function isUrl(where: string): boolean {
  return /^postgres(ql)?:\/\//.test(where);
}

function placeOf(where: string): string {
  if (!isUrl(where)) return where;
  if (!URL.canParse(where)) return 'postgres (malformed URL)';
  const { protocol, host, pathname } = new URL(where);
  return `${protocol}//${host}${pathname}`;
}

/** A refused connection says its reason only in its parts. */
function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(wordsOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
