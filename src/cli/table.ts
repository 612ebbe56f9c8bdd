/** Text tables as kubectl prints them: upper-case heads, three spaces between columns, no trailing blanks. */
import { eastAsianWidth } from 'get-east-asian-width';

export interface TableColumn<T> {
  readonly head: string;
  readonly cell: (row: T) => string | number;
}

const GAP = 3;

export function formatTable<T>(columns: readonly TableColumn<T>[], rows: readonly T[]): string {
  const lines = [columns.map((column) => column.head), ...rows.map((row) => columns.map((c) => String(c.cell(row))))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => displayWidth(line[i]!))));
  return lines.map((line) => `${padded(line, widths)}\n`).join('');
}

/** Columns that a terminal gives the text: two for a wide (Chinese, Japanese, Korean) character, none for a mark. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text.replace(/\p{Mark}|\p{Format}/gu, '')) width += eastAsianWidth(char.codePointAt(0)!);
  return width;
}

function padded(line: readonly string[], widths: readonly number[]): string {
  return line
    .map((text, i) => text + ' '.repeat(widths[i]! - displayWidth(text) + GAP))
    .join('')
    .trimEnd();
}
