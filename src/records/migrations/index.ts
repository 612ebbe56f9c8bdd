/**
 * The one set of migrations. Each room's tables are in a file of their own, numbered in the order in which they came;
 * what has landed is never edited, a change is a further file.
 */
import type { Migration } from '../migration.ts';
import { type AuditTables, audit } from './0001-audit.ts';
import { type InspectionTables, inspection } from './0002-inspection.ts';
import { type HostTables, hosts } from './0003-hosts.ts';
import { type MaintenanceTables, maintenance } from './0004-maintenance.ts';
import { type AccountTables, accounts } from './0005-accounts.ts';
import { type BatchTables, batch } from './0006-batch.ts';
import { type BatchControlTables, batchControl } from './0007-batch-control.ts';

/** Every table there is. */
export type Tables = AuditTables &
  InspectionTables &
  HostTables &
  MaintenanceTables &
  AccountTables &
  BatchTables &
  BatchControlTables;

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-audit': audit,
  '0002-inspection': inspection,
  '0003-hosts': hosts,
  '0004-maintenance': maintenance,
  '0005-accounts': accounts,
  '0006-batch': batch,
  '0007-batch-control': batchControl,
};
