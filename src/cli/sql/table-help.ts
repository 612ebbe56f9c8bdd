/** What `\d` says at the prompt. */
import type { VisibleTable } from '../../sql/index.ts';
import { formatTable } from '../table.ts';

export function listTables(tables: readonly VisibleTable[]): string {
  const rows = tables.filter(({ alias }) => !alias).sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  return formatTable(
    [
      { head: 'TABLE', cell: nameOf },
      { head: 'WHAT', cell: ({ doc }: VisibleTable) => doc },
    ],
    rows,
  );
}

export function describeTable(tables: readonly VisibleTable[], name: string): string {
  const table = tables.find((one) => nameOf(one) === name || `${one.schema}.${one.name}` === name);
  if (!table) return `there is no table ${name}; \\d lists them\n`;
  const columns = formatTable(
    [
      { head: 'COLUMN', cell: ({ name: column }) => column },
      { head: 'TYPE', cell: ({ type }) => type.toLowerCase() },
      { head: 'UNIT', cell: ({ unit }) => unit ?? '' },
      { head: 'WHAT', cell: ({ doc }) => doc },
    ],
    table.columns,
  );
  return `${nameOf(table)}: ${table.doc}\n\n${columns}`;
}

function nameOf({ schema, name }: VisibleTable): string {
  return schema === 'k8s' ? name : `${schema}.${name}`;
}
