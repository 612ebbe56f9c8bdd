/** The tables of the console's sign-in: accounts, sessions, and wrong passwords by name. */
import type { Migration } from '../migration.ts';

export interface AccountTables {
  account: {
    name: string;
    role: 'viewer' | 'operator' | 'admin';
    /** Null for people who come from an identity provider. */
    password_hash: string | null;
    must_change: number;
    disabled: number;
    created_at: number;
    version: number;
  };
  session: {
    /** Hash of the cookie's token. */
    id: string;
    account: string;
    csrf: string;
    created_at: number;
    seen_at: number;
  };
  /** Of names that are no accounts too. */
  sign_in_failure: {
    name: string;
    count: number;
    at: number;
  };
}

export const accounts: Migration = {
  async up(db) {
    await db.schema
      .createTable('account')
      .addColumn('name', 'text', (column) => column.primaryKey().notNull())
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('password_hash', 'text')
      .addColumn('must_change', 'integer', (column) => column.notNull())
      .addColumn('disabled', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('session')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('account', 'text', (column) => column.notNull())
      .addColumn('csrf', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('seen_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('session_account').on('session').column('account').execute();
    await db.schema
      .createTable('sign_in_failure')
      .addColumn('name', 'text', (column) => column.primaryKey().notNull())
      .addColumn('count', 'integer', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute();
  },
};
