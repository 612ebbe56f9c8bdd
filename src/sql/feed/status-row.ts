/** `tables_status`: how well each table follows its cluster. It changes in the same transaction as the table. */
import { type ColumnFacts, literal, STORE } from '../tables/index.ts';
import type { TableStatus } from './message.ts';

export const STATUS_TABLE = `${STORE}.tables_status`;

export const STATUS_COLUMNS: readonly ColumnFacts[] = [
  { name: 'cluster', type: 'VARCHAR', doc: 'the cluster' },
  { name: 'table_name', type: 'VARCHAR', doc: 'the table, by its long name' },
  { name: 'namespace', type: 'VARCHAR', doc: 'the namespace, where each is followed for itself; empty for the whole' },
  { name: 'state', type: 'VARCHAR', doc: '`syncing`, `live`, `stale`, `forbidden` or `disabled`' },
  { name: 'rows', type: 'BIGINT', doc: 'objects it holds', unit: 'objects' },
  { name: 'last_event_at', type: 'TIMESTAMPTZ', doc: 'last sign of life of the cluster', unit: 'UTC' },
  { name: 'resource_version', type: 'VARCHAR', doc: 'the version up to which it is complete' },
  { name: 'error', type: 'VARCHAR', doc: 'what went wrong last' },
  { name: 'documents', type: 'VARCHAR', doc: 'why `spec` and `status` are empty, if they are' },
];

export function createStatusTable(): string {
  return `CREATE TABLE IF NOT EXISTS ${STATUS_TABLE} (${STATUS_COLUMNS.map(({ name, type }) => `${name} ${type}`).join(', ')})`;
}

export function statusStatements(status: TableStatus): string[] {
  const { cluster, table, namespace, state, rows, lastEvent, resourceVersion, documents } = status;
  const at = lastEvent === null ? 'NULL' : `make_timestamptz(${Math.round(lastEvent * 1000)})`;
  const texts = [cluster, table, namespace, state].map(literal).join(', ');
  return [
    removeStatus(cluster, table, namespace),
    `INSERT INTO ${STATUS_TABLE} VALUES (${texts}, ${rows}, ${at}, ${literal(resourceVersion)}, ${literal(errorOf(status))}, ${literal(documents)})`,
  ];
}

/** Of one namespace, or of the cluster in all namespaces. */
export function removeStatus(cluster: string, table: string, namespace?: string): string {
  const where = namespace === undefined ? '' : ` AND namespace = ${literal(namespace)}`;
  return `DELETE FROM ${STATUS_TABLE} WHERE cluster = ${literal(cluster)} AND table_name = ${literal(table)}${where}`;
}

function errorOf({ error, only }: TableStatus): string {
  return only ? `${error}; shown: ${only.length > 0 ? only.join(', ') : 'no namespace'}` : error;
}
