/** What hosts are by the inventory, which status each has, how it came to it, and where addresses once belonged. */
import type { Generated } from 'kysely';
import { addIdentity, type Migration } from '../migration.ts';

export interface HostTables {
  host_inventory: {
    host: string;
    ip: string | null;
    bmc_ip: string | null;
    serial: string | null;
    zone: string | null;
    rack: string | null;
    disk_type: string | null;
    cpu_model: string | null;
    owner: string | null;
    updated_at: number;
  };
  host_state: {
    host: string;
    status: string;
    /** Rises with every change; whoever changes says which one he saw. */
    version: number;
    since: number;
    actor: string;
    reason: string;
    operation: string | null;
    /** 1 while only a person may change it. */
    pinned: number;
  };
  host_transition: {
    id: Generated<number>;
    host: string;
    at: number;
    from_status: string | null;
    to_status: string;
    actor: string;
    reason: string;
    operation: string | null;
  };
  host_verdict: {
    id: Generated<number>;
    host: string;
    at: number;
    verdict: string;
    /** JSON. */
    evidence: string;
  };
  host_address: {
    address: string;
    host: string;
    kind: string;
    first_at: number;
    last_at: number;
  };
}

export const hosts: Migration = {
  async up(db, engine) {
    await db.schema
      .createTable('host_inventory')
      .addColumn('host', 'text', (column) => column.primaryKey().notNull())
      .addColumn('ip', 'text')
      .addColumn('bmc_ip', 'text')
      .addColumn('serial', 'text')
      .addColumn('zone', 'text')
      .addColumn('rack', 'text')
      .addColumn('disk_type', 'text')
      .addColumn('cpu_model', 'text')
      .addColumn('owner', 'text')
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('host_state')
      .addColumn('host', 'text', (column) => column.primaryKey().notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('version', 'bigint', (column) => column.notNull())
      .addColumn('since', 'bigint', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('operation', 'text')
      .addColumn('pinned', 'integer', (column) => column.notNull())
      .execute();
    await addIdentity(db.schema.createTable('host_transition'), engine)
      .addColumn('host', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('from_status', 'text')
      .addColumn('to_status', 'text', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('operation', 'text')
      .execute();
    await db.schema.createIndex('host_transition_host').on('host_transition').columns(['host', 'id']).execute();
    await addIdentity(db.schema.createTable('host_verdict'), engine)
      .addColumn('host', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('verdict', 'text', (column) => column.notNull())
      .addColumn('evidence', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('host_verdict_host').on('host_verdict').columns(['host', 'id']).execute();
    await db.schema
      .createTable('host_address')
      .addColumn('address', 'text', (column) => column.notNull())
      .addColumn('host', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('first_at', 'bigint', (column) => column.notNull())
      .addColumn('last_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('host_address_key', ['address', 'host', 'kind'])
      .execute();
  },
};
