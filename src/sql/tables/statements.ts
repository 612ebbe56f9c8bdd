/** The SQL that makes, fills, exchanges and compacts the tables of the store. */
import type { ColumnFacts, ColumnType } from './column.ts';
import { KEY, type LaidTable, STORE } from './layout.ts';

/** Which generation of a table: the one that is read, or the one that a new list fills. */
export type Edition = 'live' | 'next';

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

export function dropTable(table: LaidTable): string[] {
  return [`DROP TABLE IF EXISTS ${physical(table)}`, `DROP TABLE IF EXISTS ${physical(table, 'next')}`];
}

/** Rows come into a temporary table first, in the few types that can be appended quickly. */
export function createStage(table: LaidTable): string {
  const columns = table.columns.map(({ name, type }) => `${quoted(name)} ${stagedType(type)}`);
  return `CREATE OR REPLACE TEMP TABLE ${quoted(stageOf(table))} (${[`${KEY} BIGINT`, ...columns].join(', ')})`;
}

export function stageOf(table: LaidTable): string {
  return `stage_${table.name}`;
}

export function createKeys(name: string): string {
  return `CREATE OR REPLACE TEMP TABLE ${quoted(name)} (${KEY} BIGINT)`;
}

export function insertStaged(table: LaidTable, edition: Edition): string {
  const columns = table.columns.map(converted);
  return `INSERT INTO ${physical(table, edition)} SELECT ${[KEY, ...columns].join(', ')} FROM ${quoted(stageOf(table))}`;
}

export function dropTemp(name: string): string {
  return `DROP TABLE temp.${quoted(name)}`;
}

export function deleteKeys(table: LaidTable, edition: Edition, keys: string): string {
  return `DELETE FROM ${physical(table, edition)} WHERE ${KEY} IN (SELECT ${KEY} FROM ${quoted(keys)})`;
}

/** The new list takes the old one's place; rows of other clusters go over as they are. */
export function exchange(table: LaidTable, cluster: string): string[] {
  return [
    `INSERT INTO ${physical(table, 'next')} SELECT * FROM ${physical(table)} WHERE cluster <> ${literal(cluster)}`,
    ...replaceByNext(table),
  ];
}

/** What was updated again and again leaves holes; a table that is written anew has none. */
export function compact(table: LaidTable): string[] {
  return [
    `CREATE OR REPLACE TABLE ${physical(table, 'next')} AS SELECT * FROM ${physical(table)}`,
    ...replaceByNext(table),
  ];
}

function replaceByNext(table: LaidTable): string[] {
  return [
    `DROP TABLE ${physical(table)}`,
    `ALTER TABLE ${physical(table, 'next')} RENAME TO ${quoted(nameOf(table, 'live'))}`,
  ];
}

function nameOf({ name }: Pick<LaidTable, 'name'>, edition: Edition): string {
  return edition === 'live' ? name : `${name}__next`;
}

function stagedType(type: ColumnType): string {
  return ['DOUBLE', 'BIGINT', 'INTEGER', 'BOOLEAN'].includes(type) ? type : 'VARCHAR';
}

function converted({ name, type }: ColumnFacts): string {
  const column = quoted(name);
  if (type === 'TIMESTAMPTZ') return `TRY_CAST(${column} AS TIMESTAMPTZ)`;
  if (type === 'MAP(VARCHAR, VARCHAR)' || type === 'VARCHAR[]') return `CAST(CAST(${column} AS JSON) AS ${type})`;
  return type === 'JSON' ? `CAST(${column} AS JSON)` : column;
}
