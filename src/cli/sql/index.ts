/** `jdos sql`: one question, or a prompt. */
import process from 'node:process';
import { type Command, Option } from 'commander';
import { addDataDir, type DataDirOptions } from '../data-dir.ts';
import { EXIT } from '../exit.ts';
import { runningInstance } from '../instance.ts';
import { sqlSocketOf } from '../up/sql-socket.ts';
import { formatProblem } from './error-format.ts';
import { write } from './pager.ts';
import { FORMATS, type Format, formatResult } from './result-format.ts';
import { SqlClient, SqlError } from './sql-client.ts';

interface SqlOptions extends DataDirOptions {
  readonly output: Format;
  readonly file?: string;
}

export function define(command: Command): void {
  addDataDir(command)
    .argument('[query]', 'the question; without one a prompt opens, or the question is read from a pipe')
    .addOption(new Option('-o, --output <format>', 'how to answer').choices(FORMATS).default('table'))
    .option('-f, --file <file>', 'read the question from a file')
    .addHelpText('after', HELP)
    .action(sql);
}

const HELP = `
Tables are named as kubectl names resources: pods, nodes, deployments, network_policies; what lists in them hold is in
tables of its own: containers, pod_conditions, node_taints, service_ports. They follow the cluster within a second.

Examples:
  jdos sql "select node_name, count(*), sum(cpu_request) from pods group by 1 order by 2 desc limit 10"
  jdos sql "select distinct image from containers where image not like '%@sha256%'" -o csv
  jdos sql "select name, labels['app'] from pods where not ready"
  jdos sql                                      # a prompt; \\? tells what it knows`;

async function sql(query: string | undefined, options: SqlOptions): Promise<void> {
  runningInstance(options.data);
  const client = new SqlClient(sqlSocketOf(options.data), options.data);
  const text = query ?? (await givenText(options));
  if (text === undefined) return (await import('./prompt.ts')).prompt(client, options);
  try {
    await answer(client, text, options.output);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    process.stderr.write(formatProblem(error.problem, text));
    process.exitCode = EXIT.failed;
  }
}

async function answer(client: SqlClient, text: string, format: Format): Promise<void> {
  const { columns, notices, rows } = await client.query(text);
  for (const { message } of notices) process.stderr.write(`notice: ${message}\n`);
  await write(formatResult(format, columns, await Array.fromAsync(rows)));
}

/** Of a file or a pipe; undefined where somebody sits at a terminal. */
async function givenText({ file }: SqlOptions): Promise<string | undefined> {
  if (file) return (await import('node:fs')).readFileSync(file, 'utf8');
  if (process.stdin.isTTY) return undefined;
  return (await Array.fromAsync(process.stdin.setEncoding('utf8') as AsyncIterable<string>)).join('');
}
