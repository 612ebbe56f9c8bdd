/** Jobs outlive the process that carries them out: what is to be run where, who has begun it, and what people have asked for. */
import type { Migration } from '../migration.ts';

export interface BatchControlTables {
  batch_job: {
    /** The process that carries it out; nobody when it has let go of it. */
    worker: string | null;
    /** pause, cancel: asked for by people, in whichever process. */
    asked: string | null;
    asked_by: string | null;
  };
  batch_result: {
    /** In the order of the targets. */
    place: number;
    /** JSON: how the target is reached. */
    target_document: string | null;
    /** The process that has begun it. */
    worker: string | null;
  };
}

export const batchControl: Migration = {
  async up(db) {
    for (const column of ['worker', 'asked', 'asked_by'])
      await db.schema.alterTable('batch_job').addColumn(column, 'text').execute();
    await db.schema
      .alterTable('batch_result')
      .addColumn('place', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    for (const column of ['target_document', 'worker'])
      await db.schema.alterTable('batch_result').addColumn(column, 'text').execute();
  },
};
