/** The tables that somebody may see as PostgreSQL's own, without rows, for its catalogue to tell of. */
import type { VisibleTable } from '../scope/index.ts';
import { literal, quoted } from '../tables/index.ts';

/** How a type of the engine is written for PostgreSQL. */
export type TypeName = (type: string) => string;

export function definitionsOf(tables: readonly VisibleTable[], typeName: TypeName): string {
  const shown = tables.filter(({ alias }) => !alias);
  const schemas = [...new Set(['k8s', 'jdos', ...shown.map(({ schema }) => schema)])];
  return [
    ...schemas.flatMap((schema) => [`DROP SCHEMA IF EXISTS ${schema} CASCADE`, `CREATE SCHEMA ${schema}`]),
    ...shown.flatMap((table) => definition(table, typeName)),
    `SET search_path = ${schemas.join(', ')}`,
  ].join(';\n');
}

function definition({ schema, name, doc, columns }: VisibleTable, typeName: TypeName): string[] {
  const table = `${schema}.${quoted(name)}`;
  const list = columns.map((column) => `${quoted(column.name)} ${typeName(column.type)}`);
  const comments = columns.map(
    ({ name: column, doc: what, unit }) =>
      `COMMENT ON COLUMN ${table}.${quoted(column)} IS ${literal(unit ? `${what} (${unit})` : what)}`,
  );
  return [`CREATE TABLE ${table} (${list.join(', ')})`, `COMMENT ON TABLE ${table} IS ${literal(doc)}`, ...comments];
}
