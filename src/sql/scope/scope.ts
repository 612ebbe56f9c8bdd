/** What one asker may see: tables, and of some only the rows of some namespaces. */
import { hash } from 'node:crypto';
import type { ResourceType } from '../../kube/index.ts';
import { type ColumnFacts, type LaidTable, literal, physical, quoted, STORE } from '../tables/index.ts';

/** All rows, or those of these namespaces. */
export type Grant = 'all' | readonly string[];

/** A table as queries name it. */
export interface VisibleTable {
  readonly schema: string;
  readonly name: string;
  readonly doc: string;
  readonly columns: readonly ColumnFacts[];
  /** The same table under its long name. */
  readonly alias: boolean;
  /** The physical table of the kind whose freshness counts; none for what is no kind's. */
  readonly source?: string;
  readonly definition: string;
}

/** A table that is not of the cluster's kinds: filled by JDOS, seen by who sees everything. */
export interface OwnTable {
  readonly schema: string;
  readonly name: string;
  readonly doc: string;
  readonly columns: readonly ColumnFacts[];
  /** A SELECT over the store. */
  readonly definition: string;
}

export interface ScopeInput {
  readonly tables: readonly LaidTable[];
  readonly own: readonly OwnTable[];
  /** What may be seen of a kind; undefined for nothing. 'everything' for who may see all. */
  readonly grants: 'everything' | ((type: ResourceType) => Grant | undefined);
}

export class Scope {
  /** Two scopes of one identity show the same. */
  readonly id: string;
  readonly full: boolean;
  readonly origin = 'They follow the cluster; change the cluster through its API.';
  readonly tables: readonly VisibleTable[];
  readonly #byName = new Map<string, VisibleTable>();

  constructor({ tables, own, grants }: ScopeInput) {
    this.full = grants === 'everything';
    const kinds = inNames(tables, own).flatMap(({ table, name, alias }) => {
      const grant = grants === 'everything' ? 'all' : grants(table.type);
      return grant === undefined ? [] : [visible(table, name, alias, grant)];
    });
    const ours = this.full ? own.map((table) => ({ ...table, alias: false })) : [];
    this.tables = [...kinds, ...ours];
    for (const table of this.tables) this.#byName.set(`${table.schema}.${table.name}`, table);
    this.id = hash(
      'sha1',
      JSON.stringify(this.tables.map(({ schema, name, definition }) => [schema, name, definition])),
    ).slice(0, 16);
  }

  /** Where the engine looks names up. */
  get path(): string {
    return `scope_${this.id}.k8s`;
  }

  find(schema: string, name: string): VisibleTable | undefined {
    return this.#byName.get(`${schema || 'k8s'}.${name}`);
  }

  names(): string[] {
    return this.tables.map(({ schema, name }) => (schema === 'k8s' ? name : `${schema}.${name}`));
  }
}

/** Short names go to kinds of Kubernetes itself, then to whoever has the older claim; everybody has a long one. */
function* inNames(
  tables: readonly LaidTable[],
  own: readonly OwnTable[],
): Generator<{ table: LaidTable; name: string; alias: boolean }> {
  const taken = new Set(own.filter(({ schema }) => schema === 'k8s').map(({ name }) => name));
  const ranked = [...tables].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  for (const table of ranked) {
    const free = !taken.has(table.shortName);
    if (free) yield { table, name: table.shortName, alias: false };
    taken.add(table.shortName);
    if (table.name !== table.shortName) yield { table, name: table.name, alias: free };
  }
}

function rank({ type: { group } }: LaidTable): number {
  if (group === '') return 0;
  return group.endsWith('.k8s.io') || !group.includes('.') ? 1 : 2;
}

function visible(table: LaidTable, name: string, alias: boolean, grant: Grant): VisibleTable {
  const { doc, columns } = table;
  const aged = columns.some((column) => column.name === 'created_at');
  const list = columns.map((column) => quoted(column.name)).concat(aged ? [AGE] : []);
  const where = grant === 'all' ? '' : ` WHERE ${limited(columns, grant)}`;
  const definition = `SELECT ${list.join(', ')} FROM ${physical(table)}${where}`;
  const shown = aged ? [...columns, AGE_COLUMN] : columns;
  return { schema: 'k8s', name, doc, columns: shown, alias, source: table.name, definition };
}

const AGE = "date_trunc('second', now() - created_at) AS age";
const AGE_COLUMN: ColumnFacts = { name: 'age', type: 'VARCHAR', doc: 'how long it has been there', unit: 'interval' };

function limited(columns: readonly ColumnFacts[], namespaces: readonly string[]): string {
  const namespaced = columns.some((column) => column.name === 'namespace');
  return namespaced && namespaces.length > 0 ? `namespace IN (${namespaces.map(literal).join(', ')})` : 'false';
}

/** The SQL that makes the scope's views, in a database of its own. */
export function scopeStatements(scope: Scope): string[] {
  const database = `scope_${scope.id}`;
  const schemas = new Set(['k8s', ...scope.tables.map((table) => table.schema)]);
  return [
    ...[...schemas].map((schema) => `CREATE SCHEMA IF NOT EXISTS ${database}.${schema}`),
    ...scope.tables.map(
      ({ schema, name, definition }) => `CREATE OR REPLACE VIEW ${database}.${schema}.${quoted(name)} AS ${definition}`,
    ),
  ];
}

export const STATUS_VIEW: OwnTable = {
  schema: 'k8s',
  name: 'tables_status',
  doc: 'How well the tables follow their clusters',
  columns: [],
  definition: `SELECT *, epoch(now() - last_event_at) AS silent_seconds FROM ${STORE}.tables_status`,
};
