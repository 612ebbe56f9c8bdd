/** The prompt of `jdos sql`: history, completion of tables and columns, and the backslash commands that hands remember. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface, type Interface } from 'node:readline';
import type { VisibleTable } from '../../sql/index.ts';
import { completer } from './completer.ts';
import { formatProblem } from './error-format.ts';
import { write } from './pager.ts';
import { type Format, formatExpanded, formatResult } from './result-format.ts';
import { type SqlClient, SqlError } from './sql-client.ts';
import { describeTable, listTables } from './table-help.ts';

const HELP = `\\d [table]   tables, or the columns of one      \\x   one value a line, on and off
\\timing     how long a query takes, on and off  \\?   this help
\\q          leave (also Ctrl-D)                 A query ends with a semicolon.
`;

interface Settings {
  expanded: boolean;
  timing: boolean;
  readonly output: Format;
}

export async function prompt(client: SqlClient, { data, output }: { data: string; output: Format }): Promise<void> {
  const file = join(data, 'sql_history');
  const tables = await client.tables();
  const history = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).reverse() : [];
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    completer: completer(tables),
    history,
    historySize: 1000,
  });
  lines.on('history', (all: string[]) => writeFileSync(file, `${[...all].reverse().join('\n')}\n`, { mode: 0o600 }));
  process.stdout.write(`KubeSQL: ${tables.filter((table) => !table.alias).length} tables. \\? for help.\n`);
  await converse(lines, client, tables, { expanded: false, timing: false, output });
}

async function converse(
  lines: Interface,
  client: SqlClient,
  tables: readonly VisibleTable[],
  settings: Settings,
): Promise<void> {
  let text = '';
  const ask = () => {
    lines.setPrompt(text ? '   -> ' : 'sql=> ');
    lines.prompt();
  };
  lines.on('SIGINT', () => {
    text = '';
    process.stdout.write('\n');
    ask();
  });
  ask();
  for await (const line of lines) {
    if (!text && line.trim().startsWith('\\')) {
      if (!(await command(line.trim(), tables, settings))) break;
    } else {
      text = text ? `${text}\n${line}` : line;
      if (text.trim().endsWith(';')) {
        await run(client, text, settings, lines);
        text = '';
      } else if (!text.trim()) text = '';
    }
    ask();
  }
  lines.close();
}

async function command(line: string, tables: readonly VisibleTable[], settings: Settings): Promise<boolean> {
  const [name = '', argument] = line.split(/\s+/);
  if (name === '\\q') return false;
  if (/^\\d[+t]*$/.test(name)) await write(argument ? describeTable(tables, argument) : listTables(tables));
  else if (name === '\\x') toggle(settings, 'expanded');
  else if (name === '\\timing') toggle(settings, 'timing');
  else process.stdout.write(name === '\\?' ? HELP : `${name} is not known here\n${HELP}`);
  return true;
}

async function run(client: SqlClient, text: string, settings: Settings, lines: Interface): Promise<void> {
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error('interrupted'));
  lines.once('SIGINT', interrupt);
  const begin = performance.now();
  try {
    const { columns, notices, rows } = await client.query(text, stop.signal);
    for (const { message } of notices) process.stdout.write(`notice: ${message}\n`);
    const all = await Array.fromAsync(rows);
    await write(settings.expanded ? formatExpanded(columns, all) : formatResult(settings.output, columns, all));
    const took = settings.timing ? `, ${(performance.now() - begin).toFixed(1)} ms` : '';
    process.stdout.write(`(${all.length} ${all.length === 1 ? 'row' : 'rows'}${took})\n`);
  } catch (error) {
    process.stdout.write(complaint(error, text, stop.signal));
  } finally {
    lines.off('SIGINT', interrupt);
  }
}

function complaint(error: unknown, text: string, signal: AbortSignal): string {
  if (signal.aborted) return 'stopped\n';
  return error instanceof SqlError ? formatProblem(error.problem, text) : `error: ${String(error)}\n`;
}

function toggle(settings: Settings, name: 'expanded' | 'timing'): void {
  settings[name] = !settings[name];
  process.stdout.write(`${name} is ${settings[name] ? 'on' : 'off'}\n`);
}
