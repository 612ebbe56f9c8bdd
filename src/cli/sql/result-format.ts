/** An answer as text: a table for people, JSON, YAML or CSV for programs. */
import { stringify } from 'yaml';
import { formatTable } from '../table.ts';
import type { SqlResult, Value } from './sql-client.ts';

export const FORMATS = ['table', 'json', 'yaml', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

type Columns = SqlResult['columns'];
type Rows = readonly (readonly Value[])[];

export function formatResult(format: Format, columns: Columns, rows: Rows): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(records(columns, rows), null, 2)}\n`;
    case 'yaml':
      return stringify(records(columns, rows));
    case 'csv':
      return [columns.map(({ name }) => name), ...rows].map(csvLine).join('');
    case 'table':
      return asTable(columns, rows);
  }
}

/** One value under the other, for rows that are too wide to read. */
export function formatExpanded(columns: Columns, rows: Rows): string {
  const width = Math.max(...columns.map(({ name }) => name.length));
  const record = (row: readonly Value[], i: number) =>
    `-[ ${i + 1} ]-\n${columns.map(({ name }, at) => `${name.padEnd(width)} | ${text(row[at]!)}\n`).join('')}`;
  return rows.map(record).join('');
}

function asTable(columns: Columns, rows: Rows): string {
  const heads = columns.map(({ name }, i) => ({ head: name, cell: (row: readonly Value[]) => oneLine(text(row[i]!)) }));
  return heads.length > 0 ? formatTable(heads, rows) : '';
}

/** Two columns of one name are told apart by their place. */
function records(columns: Columns, rows: Rows): Record<string, Value>[] {
  const names = columns.map(({ name }, i) => {
    const before = columns.slice(0, i).filter((other) => other.name === name).length;
    return before === 0 ? name : `${name}_${before + 1}`;
  });
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]!])));
}

function text(value: Value): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function oneLine(cell: string): string {
  return cell.replace(/\r?\n/g, ' ');
}

/** RFC 4180; NULL is empty, an empty text is quoted. */
export function csvLine(cells: readonly Value[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: Value): string {
  const cell = text(value);
  if (value === '') return '""';
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
