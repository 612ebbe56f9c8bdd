/** `jdos apilogs sql`: one question about what was taken in. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { type Command, Option } from 'commander';
import { EngineError } from '../../engine/index.ts';
import { EXIT } from '../exit.ts';
import { formatProblem } from '../sql/error-format.ts';
import { write } from '../sql/pager.ts';
import { FORMATS, type Format, formatResult } from '../sql/result-format.ts';
import { adviseIfOutgrown } from './outgrown.ts';
import { addPeriod, type PeriodOptions, parametersOf } from './period.ts';
import { addStore, type StoreOptions, storeOf } from './store.ts';
import { plainRows } from './values.ts';

interface SqlOptions extends StoreOptions, Pick<PeriodOptions, 'from' | 'to'> {
  readonly output: Format;
  readonly file?: string;
  readonly namespace?: readonly string[];
}

export function defineSql(command: Command): void {
  addPeriod(addStore(command), ['from', 'to'])
    .argument('[query]', 'the question, about the tables events and rejects (default: read from a pipe)')
    .addOption(new Option('-o, --output <format>', 'how to answer').choices(FORMATS).default('table'))
    .option('-f, --file <file>', 'read the question from a file')
    .option('-n, --namespace <names...>', 'only what happened to objects in these namespaces')
    .action(run);
}

async function run(query: string | undefined, options: SqlOptions): Promise<void> {
  const { AuditQuery } = await import('../../apilogs/index.ts');
  const text = query ?? (await givenText(options));
  const { namespace } = options;
  await using asked = await AuditQuery.open(storeOf(options), namespace ? { namespaces: namespace } : {});
  await adviseIfOutgrown(asked.extent(parametersOf(options)), options);
  try {
    const { columns, rows } = await asked.ask(text, parametersOf(options));
    await write(formatResult(options.output, columns, plainRows(rows)));
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    process.stderr.write(formatProblem(problemOf(error), text));
    process.exitCode = EXIT.failed;
  }
}

function problemOf({ code, message, position, hint }: EngineError) {
  const place = { ...(position !== undefined && { position }), ...(hint !== undefined && { hint }) };
  return { type: 'about:blank' as const, title: message, status: 400, detail: message, code, ...place };
}

async function givenText({ file }: SqlOptions): Promise<string> {
  if (file) return readFileSync(file, 'utf8');
  return (await Array.fromAsync(process.stdin.setEncoding('utf8') as AsyncIterable<string>)).join('');
}
