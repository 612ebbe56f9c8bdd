/** Operations of maintenance: what was wished, how far each is, every line of its story, and the mails it has sent. */
import type { Generated } from 'kysely';
import { addIdentity, type Migration } from '../migration.ts';

export interface MaintenanceTables {
  maintenance: {
    id: string;
    host: string;
    state: string;
    created_at: number;
    updated_at: number;
    /** Rises with every change; whoever changes says which one he saw. */
    version: number;
    /** JSON. */
    document: string;
    /** The process that carries it out, and until when nobody else may. */
    claimed_by: string | null;
    claimed_until: number;
  };
  maintenance_log: {
    id: Generated<number>;
    operation: string;
    at: number;
    actor: string;
    step: string;
    text: string;
  };
  maintenance_mail: {
    operation: string;
    kind: string;
    message_id: string;
    state: string;
    recipients: string;
    subject: string;
    attempts: number;
    at: number;
    error: string | null;
  };
  maintenance_setting: {
    name: string;
    /** JSON. */
    value: string;
    actor: string;
    at: number;
  };
}

export const maintenance: Migration = {
  async up(db, engine) {
    await db.schema
      .createTable('maintenance')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('host', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addColumn('version', 'bigint', (column) => column.notNull())
      .addColumn('document', 'text', (column) => column.notNull())
      .addColumn('claimed_by', 'text')
      .addColumn('claimed_until', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('maintenance_state').on('maintenance').columns(['state', 'created_at']).execute();
    await db.schema.createIndex('maintenance_host').on('maintenance').columns(['host', 'created_at']).execute();
    await addIdentity(db.schema.createTable('maintenance_log'), engine)
      .addColumn('operation', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('step', 'text', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('maintenance_log_operation')
      .on('maintenance_log')
      .columns(['operation', 'id'])
      .execute();
    await db.schema
      .createTable('maintenance_mail')
      .addColumn('operation', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('message_id', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('recipients', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('error', 'text')
      .addPrimaryKeyConstraint('maintenance_mail_key', ['operation', 'kind'])
      .execute();
    await db.schema
      .createTable('maintenance_setting')
      .addColumn('name', 'text', (column) => column.primaryKey().notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute();
  },
};
