/** The tables of inspection: plans, runs with their scope and results, exemptions, and what the next run compares with. */
import type { GeneratedAlways } from 'kysely';
import { addIdentity, type Migration } from '../migration.ts';

export interface InspectionTables {
  inspect_plan: {
    name: string;
    /** JSON. */
    spec: string;
    created_at: number;
    updated_at: number;
  };
  inspect_run: {
    id: GeneratedAlways<number>;
    /** A run of a plan has its name and the moment it was due; both together once only. */
    plan: string | null;
    due_at: number | null;
    made_by: string;
    /** running, finished, cut (the time was up), stopped (a person ended it). */
    state: string;
    started_at: number;
    /** The run ends by then, with whatever it has. */
    deadline_at: number;
    finished_at: number | null;
    /** How many hosts. */
    scope: number;
    /** JSON: which checks, and how the hosts were chosen. */
    spec: string;
    /** Who works on it, and until when that is believed. */
    worker: string | null;
    worker_until: number | null;
  };
  /** The hosts of a run as they were when it began. */
  inspect_scope: {
    run_id: number;
    host: string;
    /** JSON: addresses, labels and what else judging needs. */
    subject: string;
    /** Null until all results of the host are there. */
    done_at: number | null;
  };
  inspect_result: {
    run_id: number;
    check_id: string;
    host: string;
    /** 0 Info, 1 Warn, 2 Alarm, 3 Error, 4 Unknown. */
    level: number;
    value: number | null;
    /** What was found, as a name of the check's own table of messages, and what goes into it (JSON). */
    finding: string;
    params: string;
    /** JSON or empty: what it was judged by. */
    evidence: string;
    /** The exemption that made it Info. */
    exemption_id: number | null;
    read_at: number;
  };
  /** What was last seen of a host: counters, levels and their samples (JSON). */
  inspect_memory: {
    host: string;
    memory: string;
    updated_at: number;
  };
  inspect_exemption: {
    id: GeneratedAlways<number>;
    check_id: string;
    /** One of the two. */
    host: string | null;
    selector: string | null;
    reason: string;
    made_by: string;
    created_at: number;
    expires_at: number;
    ended_at: number | null;
  };
}

export const inspection: Migration = {
  async up(db, engine) {
    await db.schema
      .createTable('inspect_plan')
      .addColumn('name', 'text', (column) => column.primaryKey().notNull())
      .addColumn('spec', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute();
    await addIdentity(db.schema.createTable('inspect_run'), engine)
      .addColumn('plan', 'text')
      .addColumn('due_at', 'bigint')
      .addColumn('made_by', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('started_at', 'bigint', (column) => column.notNull())
      .addColumn('deadline_at', 'bigint', (column) => column.notNull())
      .addColumn('finished_at', 'bigint')
      .addColumn('scope', 'integer', (column) => column.notNull())
      .addColumn('spec', 'text', (column) => column.notNull())
      .addColumn('worker', 'text')
      .addColumn('worker_until', 'bigint')
      .addUniqueConstraint('inspect_run_due', ['plan', 'due_at'])
      .execute();
    await db.schema
      .createTable('inspect_scope')
      .addColumn('run_id', 'bigint', (column) => column.notNull())
      .addColumn('host', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('done_at', 'bigint')
      .addPrimaryKeyConstraint('inspect_scope_key', ['run_id', 'host'])
      .execute();
    await db.schema
      .createTable('inspect_result')
      .addColumn('run_id', 'bigint', (column) => column.notNull())
      .addColumn('check_id', 'text', (column) => column.notNull())
      .addColumn('host', 'text', (column) => column.notNull())
      .addColumn('level', 'integer', (column) => column.notNull())
      .addColumn('value', 'double precision')
      .addColumn('finding', 'text', (column) => column.notNull())
      .addColumn('params', 'text', (column) => column.notNull())
      .addColumn('evidence', 'text', (column) => column.notNull())
      .addColumn('exemption_id', 'bigint')
      .addColumn('read_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('inspect_result_key', ['run_id', 'check_id', 'host'])
      .execute();
    await db.schema.createIndex('inspect_result_host').on('inspect_result').columns(['host', 'run_id']).execute();
    await db.schema
      .createTable('inspect_memory')
      .addColumn('host', 'text', (column) => column.primaryKey().notNull())
      .addColumn('memory', 'text', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute();
    await addIdentity(db.schema.createTable('inspect_exemption'), engine)
      .addColumn('check_id', 'text', (column) => column.notNull())
      .addColumn('host', 'text')
      .addColumn('selector', 'text')
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('made_by', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('ended_at', 'bigint')
      .execute();
  },
};
