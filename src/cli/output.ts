/** How a command answers: a table for people by default, `-o json|yaml|name` for programs. */
import process from 'node:process';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { formatTable, type TableColumn } from './table.ts';

export interface OutputOptions {
  readonly output?: 'json' | 'yaml' | 'name';
}

export function addOutput(command: Command): Command {
  return command.addOption(new Option('-o, --output <format>', 'output format').choices(['json', 'yaml', 'name']));
}

/** How the rows of a list look: the columns of its table, its names, and what json and yaml show of a row. */
export interface ListView<T> {
  readonly columns: readonly TableColumn<T>[];
  readonly name: (row: T) => string;
  readonly data?: (row: T) => unknown;
  /** Said on stderr in place of an empty table. */
  readonly empty: string;
}

export function printList<T>(options: OutputOptions, rows: readonly T[], view: ListView<T>): void {
  const { data = (row: T) => row } = view;
  if (options.output === 'name') write(rows.map((row) => `${view.name(row)}\n`).join(''));
  else if (options.output) write(encode(options.output, { items: rows.map(data) }));
  else if (rows.length > 0) write(formatTable(view.columns, rows));
  else process.stderr.write(`${view.empty}\n`);
}

/** One thing with named properties; `name` prints the first one's value. */
export function printObject(options: OutputOptions, object: Readonly<Record<string, unknown>>): void {
  if (options.output === 'name') write(`${String(Object.values(object)[0])}\n`);
  else if (options.output) write(encode(options.output, object));
  else write(formatProperties(object));
}

function formatProperties(object: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(object).map(([key, value]) => [`${key}:`, String(value)] as const);
  const width = Math.max(...lines.map(([key]) => key.length)) + 2;
  return lines.map(([key, value]) => `${key.padEnd(width)}${value}\n`).join('');
}

function encode(format: 'json' | 'yaml', value: unknown): string {
  return format === 'json' ? `${JSON.stringify(value, null, 2)}\n` : stringify(value);
}

function write(text: string): void {
  process.stdout.write(text);
}
