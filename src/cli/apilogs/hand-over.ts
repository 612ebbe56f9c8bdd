/** `jdos apilogs hand-over`: the reports for an engine beyond this machine. */
import { join, resolve } from 'node:path';
import process from 'node:process';
import { type Command, Option } from 'commander';
import type { OtherEngine } from '../../apilogs/index.ts';
import { addPeriod, type PeriodOptions, parametersOf } from './period.ts';
import { addStore, type StoreOptions, storeOf } from './store.ts';

interface HandOverOptions extends StoreOptions, PeriodOptions {
  readonly engine: OtherEngine;
  readonly events?: string;
}

export function defineHandOver(command: Command): void {
  addPeriod(addStore(command))
    .argument('<directory>', 'where the statements and what runs them are written')
    .addOption(new Option('--engine <name>', 'for which').choices(['spark', 'clickhouse']).default('spark'))
    .option(
      '--events <place>',
      'where that engine finds the events, such as s3a://bucket/events (default: in the store)',
    )
    .action(run);
}

async function run(directory: string, options: HandOverOptions): Promise<void> {
  const { reports, writeHandOver } = await import('../../apilogs/index.ts');
  const order = {
    engine: options.engine,
    bytes: await bytesOf(options),
    reports: reports(),
    parameters: parametersOf(options),
    events: options.events ?? join(storeOf(options), 'events'),
  };
  const files = writeHandOver(resolve(directory), order);
  process.stdout.write(files.map((file) => `${join(directory, file)}\n`).join(''));
  process.stderr.write(`run it with: ${startOf(options.engine, directory)}\n`);
}

function startOf(engine: OtherEngine, directory: string): string {
  if (engine === 'spark') return `SPARK_MASTER=yarn ${join(directory, 'submit.sh')}`;
  return `python3 ${join(directory, 'clickhouse.py')} ${join(directory, 'reports.json')}`;
}

/** A cluster is sized by what is here; where nothing is, by nothing. */
async function bytesOf(options: HandOverOptions): Promise<number> {
  const { extentIn } = await import('../../apilogs/index.ts');
  return extentIn(storeOf(options), parametersOf(options))?.bytes ?? 0;
}
