/** Comma-separated files with a line of heads: quotes, CRLF and a byte-order mark are understood. */
import { JdosError } from '../../../errors/index.ts';

/** One record; `line` is where it begins, counted from 1. */
export interface CsvRow {
  readonly file: string;
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** @throws JdosError JDOS_ERR_INPUT_FILE when a column is missing or a record has another number of fields. */
export function parseCsv(text: string, file: string, columns: readonly string[]): CsvRow[] {
  const [head, ...records] = splitRecords(text.replace(/^\uFEFF/, ''), file);
  const heads = head?.fields.map((name) => name.trim()) ?? [];
  const missing = columns.filter((column) => !heads.includes(column));
  if (missing.length > 0) {
    throw inputFault({ file, line: 1 }, `columns ${columns.join(', ')}`, heads.join(', ') || 'an empty file');
  }
  return records.map(({ line, fields }) => {
    if (fields.length !== heads.length) throw inputFault({ file, line }, `${heads.length} fields`, `${fields.length}`);
    return { file, line, fields: Object.fromEntries(heads.map((name, i) => [name, fields[i]!.trim()])) };
  });
}

export function inputFault(at: { file: string; line: number }, expected: string, found: string): JdosError {
  return new JdosError('JDOS_ERR_INPUT_FILE', { file: at.file, line: at.line, expected, found });
}

/** The field as a whole number that is not negative. */
export function wholeNumber(row: CsvRow, column: string): number {
  const text = row.fields[column] ?? '';
  if (!/^\d{1,15}$/.test(text)) throw inputFault(row, `a whole number in ${column}`, text === '' ? 'nothing' : text);
  return Number(text);
}

const DNS_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** The field as the name of an object, each in its file once. */
export function objectNames(rows: readonly CsvRow[], column: string): string[] {
  const lines = new Map<string, number>();
  return rows.map((row) => {
    const name = row.fields[column] ?? '';
    if (!DNS_NAME.test(name)) throw inputFault(row, `a name of small letters, digits, - and . in ${column}`, name);
    if (lines.has(name)) throw inputFault(row, `each ${column} once`, `${name} of line ${lines.get(name)} again`);
    lines.set(name, row.line);
    return name;
  });
}

interface RawRecord {
  readonly line: number;
  readonly fields: string[];
}

function splitRecords(text: string, file: string): RawRecord[] {
  const records: RawRecord[] = [];
  let [at, line] = [0, 1];
  while (at < text.length) {
    const fields: string[] = [];
    const start = line;
    for (;;) {
      const field = readField(text, at, { file, line });
      fields.push(field.value);
      line += countLines(field.value);
      at = field.end;
      if (text[at] !== ',') break;
      at++;
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    line++;
    if (fields.length > 1 || fields[0] !== '') records.push({ line: start, fields });
  }
  return records;
}

function readField(text: string, start: number, at: { file: string; line: number }): { value: string; end: number } {
  if (text[start] !== '"') {
    const end = indexOfAny(text, start);
    return { value: text.slice(start, end), end };
  }
  const match = /"((?:[^"]|"")*)"(?=,|\r?\n|$)/y;
  match.lastIndex = start;
  const found = match.exec(text);
  if (!found) throw inputFault(at, 'a closing quote', text.slice(start, start + 20));
  return { value: found[1]!.replaceAll('""', '"'), end: match.lastIndex };
}

function indexOfAny(text: string, start: number): number {
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (char === ',' || char === '\n' || (char === '\r' && text[i + 1] === '\n')) return i;
  }
  return text.length;
}

function countLines(value: string): number {
  return value.split('\n').length - 1;
}
