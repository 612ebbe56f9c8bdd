/** Commands on many targets: what was asked, of whom, and how it ended on each. */
import type { Migration } from '../migration.ts';

export interface BatchTables {
  batch_job: {
    id: string;
    created_at: number;
    ended_at: number | null;
    actor: string;
    /** As written, with secrets taken out. */
    selector: string;
    command: string;
    /** running, paused, ended */
    state: string;
    targets: number;
    /** Why targets were skipped. */
    stopped: string | null;
    /** Whoever carries it out says now and then that he still does. */
    seen_at: number;
    /** JSON: stages and limits. */
    document: string;
  };
  batch_result: {
    job: string;
    target: string;
    host: string | null;
    kind: string;
    rc: number | null;
    stdout: string;
    stderr: string;
    message: string;
    ms: number;
    at: number;
  };
}

export const batch: Migration = {
  async up(db) {
    await db.schema
      .createTable('batch_job')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('ended_at', 'bigint')
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('selector', 'text', (column) => column.notNull())
      .addColumn('command', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('targets', 'integer', (column) => column.notNull())
      .addColumn('stopped', 'text')
      .addColumn('seen_at', 'bigint', (column) => column.notNull())
      .addColumn('document', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('batch_job_created').on('batch_job').columns(['created_at']).execute();
    await db.schema
      .createTable('batch_result')
      .addColumn('job', 'text', (column) => column.notNull())
      .addColumn('target', 'text', (column) => column.notNull())
      .addColumn('host', 'text')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('rc', 'integer')
      .addColumn('stdout', 'text', (column) => column.notNull())
      .addColumn('stderr', 'text', (column) => column.notNull())
      .addColumn('message', 'text', (column) => column.notNull())
      .addColumn('ms', 'bigint', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('batch_result_key', ['job', 'target'])
      .execute();
  },
};
