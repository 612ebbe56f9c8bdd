/** The audit table: rows are added, never changed and never taken away; the engine itself refuses both. */
import { type Kysely, sql } from 'kysely';
import type { Migration } from '../migration.ts';

export interface AuditTables {
  audit: {
    /** 1, 2, 3 … without a gap. */
    seq: number;
    /** Milliseconds since the epoch. */
    at: number;
    actor: string;
    action: string;
    object: string;
    /** JSON. */
    detail: string;
    /** Hash of the row before; empty for the first. */
    previous: string;
    hash: string;
  };
}

export const audit: Migration = {
  async up(db, engine) {
    await db.schema
      .createTable('audit')
      .addColumn('seq', 'bigint', (column) => column.primaryKey().notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('object', 'text', (column) => column.notNull())
      .addColumn('detail', 'text', (column) => column.notNull())
      .addColumn('previous', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('audit_object').on('audit').columns(['object', 'seq']).execute();
    await (engine === 'sqlite' ? sealSqlite(db) : sealPostgres(db));
  },
};

async function sealSqlite(db: Kysely<unknown>): Promise<void> {
  for (const verb of ['update', 'delete'] as const) {
    const body = sql.raw(`before ${verb} on audit begin select raise(abort, 'audit rows are never changed'); end`);
    await sql`create trigger ${sql.id(`audit_no_${verb}`)} ${body}`.execute(db);
  }
}

async function sealPostgres(db: Kysely<unknown>): Promise<void> {
  await sql`create function audit_sealed() returns trigger language plpgsql as
    $$ begin raise exception 'audit rows are never changed'; end $$`.execute(db);
  await sql`create trigger audit_sealed before update or delete on audit
    for each row execute function audit_sealed()`.execute(db);
  await sql`create trigger audit_not_emptied before truncate on audit
    for each statement execute function audit_sealed()`.execute(db);
}
