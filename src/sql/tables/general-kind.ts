/** Tables for kinds without columns of their own: custom resources by what their definition prints, all others as JSON. */
import type { KubeObject, ResourceType } from '../../kube/index.ts';
import { type Cell, type Column, type ColumnType, json } from './column.ts';
import { jsonPath } from './json-path.ts';
import { type KindTable, kindTable } from './kind-table.ts';
import { shown } from './redaction.ts';

/** `additionalPrinterColumns` of a CustomResourceDefinition. */
export interface PrintedColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly description?: string | undefined;
}

export function generalKind(type: ResourceType, printed: readonly PrintedColumn[] = []): KindTable {
  const columns = printed.map(columnOf).filter((column) => column !== undefined);
  const distinct = columns.filter((column, i) => columns.findIndex((other) => other.name === column.name) === i);
  const free = distinct.filter((column) => !TAKEN.has(column.name));
  return kindTable(type, { doc: `${type.kind} of ${type.group || 'the core group'}`, columns: [...free, OTHER] });
}

const TAKEN = new Set(
  [
    'cluster',
    'namespace',
    'name',
    'uid',
    'owner_kind',
    'owner_name',
    'labels',
    'annotations',
    'created_at',
    'deleted_at',
  ].concat(['generation', 'resource_version', 'synced_at', 'age', 'spec', 'status', 'other']),
);

const KNOWN = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'status']);

const OTHER: Column<KubeObject> = json('other', 'its further fields', (object) => {
  const fields = Object.entries(object).filter(([key]) => !KNOWN.has(key));
  return fields.length === 0 ? undefined : shown(Object.fromEntries(fields));
});

const TYPES: Readonly<Record<string, ColumnType>> = {
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'TIMESTAMPTZ',
};

function columnOf({ name, type, jsonPath: path, description }: PrintedColumn): Column<KubeObject> | undefined {
  const read = jsonPath(path);
  const column = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  if (!read || !/^[a-z]/.test(column)) return undefined;
  const of = TYPES[type] ?? 'VARCHAR';
  return { name: column, type: of, doc: description?.split('\n')[0] ?? path, from: (object) => cell(of, read(object)) };
}

function cell(type: ColumnType, value: unknown): Cell {
  if (value === undefined || value === null) return null;
  if (type === 'BIGINT') return Number.isSafeInteger(value) ? BigInt(value as number) : null;
  if (type === 'DOUBLE') return typeof value === 'number' ? value : null;
  if (type === 'BOOLEAN') return typeof value === 'boolean' ? value : null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
