/** COPY … TO STDOUT: rows as lines, in PostgreSQL's own text form or as CSV. */
import type { Plain } from '../../engine/index.ts';
import type { Answer } from '../kube-sql.ts';
import type { Command } from './command.ts';
import { pgType } from './pg-type.ts';

type Copy = Extract<Command, { kind: 'copy' }>;

export async function* copyLines({ columns, rows }: Answer, copy: Copy): AsyncGenerator<string> {
  const line = (cells: readonly (string | null)[]) =>
    `${cells.map((cell) => cellOf(cell, copy)).join(copy.delimiter)}\n`;
  if (copy.header) yield line(columns.map(({ name }) => name));
  const types = columns.map(({ type }) => pgType(type));
  for await (const part of rows()) {
    for (const row of part) yield line(row.map((value, i) => textOf(value, types[i]!.text)));
  }
}

function textOf(value: Plain, text: (value: Plain) => string): string | null {
  return value === null ? null : text(value);
}

function cellOf(cell: string | null, { csv, delimiter }: Copy): string {
  if (csv) return cell === null ? '' : csvCell(cell, delimiter);
  return cell === null ? '\\N' : cell.replace(/[\\\n\r\t]/g, (char) => ESCAPES[char]!);
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function csvCell(cell: string, delimiter: string): string {
  const special = cell === '' || cell.includes(delimiter) || /["\r\n]/.test(cell) || cell === '\\.';
  return special ? `"${cell.replaceAll('"', '""')}"` : cell;
}
