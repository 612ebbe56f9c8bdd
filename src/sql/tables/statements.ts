/** The SQL that makes, fills, exchanges and compacts the tables of the store. */
import { hash } from 'node:crypto';
import type { Cell, ColumnFacts, ColumnType } from './column.ts';
import { KEY, type LaidTable, type Layout, STORE } from './layout.ts';
import { type Packed, read, unpack } from './packed.ts';

/** Which generation of a table: the one that is read, or one that is being filled to take its place. */
export type Edition = 'live' | `next_${string}`;

/** Each cluster fills its own, and so does each namespace that is followed for itself. */
export function nextOf(cluster: string, namespace = ''): Edition {
  return `next_${hash('sha1', namespace ? `${cluster}\0${namespace}` : cluster).slice(0, 12)}`;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function physical(table: Pick<LaidTable, 'name'>, edition: Edition = 'live'): string {
  return `${STORE}.${quoted(nameOf(table, edition))}`;
}

export function createTable(table: LaidTable, edition: Edition = 'live'): string {
  const columns = table.columns.map(({ name, type }) => `${quoted(name)} ${type}`);
  return `CREATE OR REPLACE TABLE ${physical(table, edition)} (${[`${KEY} BIGINT`, ...columns].join(', ')})`;
}

export function dropTable(table: LaidTable, cluster: string): string[] {
  const editions: Edition[] = ['live', nextOf(cluster)];
  return editions.map((edition) => `DROP TABLE IF EXISTS ${physical(table, edition)}`);
}

/** The rows of one cluster go, those of others stay. */
export function deleteCluster(table: LaidTable, cluster: string): string[] {
  return [
    `DELETE FROM ${physical(table)} WHERE cluster = ${literal(cluster)}`,
    `DROP TABLE IF EXISTS ${physical(table, nextOf(cluster))}`,
  ];
}

/** What a column says in every row of a batch, by the column's place in its table. */
export type Constants = ReadonlyMap<number, Cell>;

/** A batch comes as one row of packed columns into a temporary table, from which all its statements read. */
export const STAGE = 'stage';

export interface StagedColumn extends Packed {
  /** Its place in the stage. */
  readonly at: number;
}

export function createStage(columns: number): string {
  const packed = Array.from({ length: columns }, (_, i) => `c${i} VARCHAR`);
  return `CREATE OR REPLACE TEMP TABLE ${STAGE} (${packed.join(', ')})`;
}

export function dropStage(): string {
  return `DROP TABLE temp.${STAGE}`;
}

/** The rows' key and what is not constant, in the order of the table. */
export function insertStaged(
  table: LaidTable,
  edition: Edition,
  [key, ...varying]: readonly StagedColumn[],
  constants: Constants,
): string {
  const staged = varying.values();
  const cells = table.columns.map((column, i) => {
    if (constants.has(i)) return converted(column, constant(constants.get(i)!, column.type));
    return converted(column, cast(staged.next().value!, stagedType(column.type)));
  });
  const all = [cast(key!, 'BIGINT'), ...cells].join(', ');
  return `INSERT INTO ${physical(table, edition)} SELECT ${all} FROM ${unpacked([key!, ...varying])}`;
}

export function deleteKeys(table: LaidTable, edition: Edition, keys: StagedColumn): string {
  return `DELETE FROM ${physical(table, edition)} WHERE ${KEY} IN (SELECT ${cast(keys, 'BIGINT')} FROM ${unpacked([keys])})`;
}

function unpacked(columns: readonly StagedColumn[]): string {
  return `(SELECT ${columns.map(({ at }) => `${unpack(`c${at}`)} AS p${at}`).join(', ')} FROM temp.${STAGE})`;
}

function cast(column: StagedColumn, type: string): string {
  const text = read(`p${column.at}`, column);
  return type === 'VARCHAR' ? text : `CAST(${text} AS ${type})`;
}

/** The new list takes the old one's place; rows of other clusters go over as they are, and of namespaces that it is not of. */
export function exchange(table: LaidTable, cluster: string, namespace = ''): string[] {
  const next = nextOf(cluster, namespace);
  return [
    `INSERT INTO ${physical(table, next)} SELECT * FROM ${physical(table)} WHERE NOT (${rowsOf(cluster, namespace)})`,
    ...replaceBy(table, next),
  ];
}

export function deleteNamespace(table: LaidTable, cluster: string, namespace: string): string {
  return `DELETE FROM ${physical(table)} WHERE ${rowsOf(cluster, namespace)}`;
}

function rowsOf(cluster: string, namespace: string): string {
  return `cluster = ${literal(cluster)}${namespace && ` AND namespace = ${literal(namespace)}`}`;
}

/** The documents of a cluster's objects are no longer kept. */
export function clearDocuments({ tables }: Pick<Layout, 'tables'>, edition: Edition, cluster: string): string {
  const of = physical(tables[0]!, edition);
  return `UPDATE ${of} SET spec = NULL, status = NULL WHERE cluster = ${literal(cluster)} AND coalesce(spec, status) IS NOT NULL`;
}

/** What was updated again and again leaves holes; a table that is written anew has none. */
export function compact(table: LaidTable): string[] {
  const next = 'next_compact';
  return [
    `CREATE OR REPLACE TABLE ${physical(table, next)} AS SELECT * FROM ${physical(table)}`,
    ...replaceBy(table, next),
  ];
}

function replaceBy(table: LaidTable, next: Edition): string[] {
  return [
    `DROP TABLE ${physical(table)}`,
    `ALTER TABLE ${physical(table, next)} RENAME TO ${quoted(nameOf(table, 'live'))}`,
  ];
}

function nameOf({ name }: Pick<LaidTable, 'name'>, edition: Edition): string {
  return edition === 'live' ? name : `${name}__${edition}`;
}

function stagedType(type: ColumnType): string {
  return ['DOUBLE', 'BIGINT', 'INTEGER', 'BOOLEAN'].includes(type) ? type : 'VARCHAR';
}

function converted({ type }: ColumnFacts, value: string): string {
  if (type === 'TIMESTAMPTZ') return `TRY_CAST(${value} AS TIMESTAMPTZ)`;
  if (type === 'MAP(VARCHAR, VARCHAR)' || type === 'VARCHAR[]') return `CAST(CAST(${value} AS JSON) AS ${type})`;
  return type === 'JSON' ? `CAST(${value} AS JSON)` : value;
}

function constant(value: Cell, type: ColumnType): string {
  const text = value === null ? 'NULL' : typeof value === 'string' ? literal(value) : String(value);
  return `CAST(${text} AS ${stagedType(type)})`;
}
