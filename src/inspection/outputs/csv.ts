/** The brief as CSV, by RFC 4180; cells that a spreadsheet would take for formulas are made harmless. */
import type { Brief } from '../runs/brief.ts';
import type { Language } from '../text.ts';
import { COLUMNS } from './words.ts';

export function briefCsv(brief: Brief, language: Language): string {
  const columns = COLUMNS.of(brief);
  const head = ['id', COLUMNS.check[language], ...columns.map(({ title }) => title[language])];
  const rows = brief.rows.map((row) => [
    row.check,
    row.name[language],
    ...columns.map(({ level }) => String(row[level])),
  ]);
  return [head, ...rows].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
