/** `jdos apilogs import`: files, directories, a pipe; without any, the audit log of the instance. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import process from 'node:process';
import { type Command, Option } from 'commander';
import type { Progress as ImportProgress, ImportResult } from '../../apilogs/index.ts';
import { JdosError } from '../../errors/index.ts';
import { addOutput, type OutputOptions, printObject } from '../output.ts';
import { Progress } from '../progress.ts';
import { parseSeconds } from '../seconds.ts';
import { followLogs } from './follow.ts';
import { addKeep, type KeepOptions, keepOf } from './keep.ts';
import { originOf } from './origin.ts';
import { addStore, type StoreOptions, storeOf } from './store.ts';

export interface ImportOptions extends StoreOptions, OutputOptions, KeepOptions {
  readonly cluster: string;
  readonly apiserver?: string;
  readonly final?: boolean;
  readonly follow?: true;
  readonly every: number;
}

export function defineImport(command: Command): void {
  addKeep(addOutput(addStore(command)))
    .argument(
      '[files...]',
      "audit logs, plain, gzip or zstd; directories of them; - for a pipe (default: the instance's own)",
    )
    .option('--cluster <name>', 'the cluster that they are of', 'default')
    .option('--apiserver <name>', 'the API server that wrote them')
    .addOption(
      new Option('--final', 'nothing more will be written to these files: a last line without an end is an error'),
    )
    .option('-f, --follow', 'go on as they grow and are rotated, until it is stopped')
    .option('--every <time>', 'with --follow: look so often', parseSeconds, 10)
    .action((files: readonly string[], options: ImportOptions) =>
      options.follow ? followLogs(files, options) : run(files, options),
    );
}

async function run(files: readonly string[], options: ImportOptions): Promise<void> {
  const { fileSource, Importer, StreamSource } = await import('../../apilogs/index.ts');
  const paths = files.length > 0 ? files.flatMap(filesIn) : ownLogs(options.data);
  const open = async (path: string) => (path === '-' ? new StreamSource('-', process.stdin) : fileSource(path));
  const sources = await Promise.all(paths.map(open));
  const progress = new Progress();
  const stop = new AbortController();
  const interrupt = () =>
    stop.abort(new Error('interrupted; what was taken in stays, and the next import goes on there'));
  process.once('SIGINT', interrupt);
  try {
    await using importer = await Importer.open({
      ...originOf(options),
      signal: stop.signal,
      onProgress: (at) => show(progress, at),
    });
    const result = await importer.import(sources, { final: options.final ?? false });
    const keep = keepOf(options);
    if (keep) await importer.tidy({ keep });
    progress.end();
    print(options, result, storeOf(options));
  } finally {
    progress.end();
    process.off('SIGINT', interrupt);
  }
}

function show(progress: Progress, { source, read, size }: ImportProgress): void {
  if (size === undefined) progress.doing(`${basename(source)}: ${mega(read)} MB`);
  else progress.bar(`${basename(source)}, MB of all`, mega(read), mega(size));
}

function mega(bytes: number): number {
  return Math.round(bytes / 1e6);
}

function print(options: ImportOptions, result: ImportResult, store: string): void {
  const { lines, events, duplicates, rejected, known, unfinished } = result;
  printObject(options, {
    events,
    duplicates,
    rejected,
    lines,
    'files without news': known,
    'unfinished last lines': unfinished,
    store,
  });
  if (rejected > 0) process.stderr.write('what was rejected, and where it stands: jdos apilogs rejects\n');
}

/** A directory stands for the files in it. */
function filesIn(path: string): string[] {
  if (path === '-') return [path];
  const whole = resolve(path);
  if (!statSync(whole, { throwIfNoEntry: false })?.isDirectory()) return [whole];
  return readdirSync(whole, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(whole, entry.name))
    .sort();
}

/** The old ones first. */
function ownLogs(data: string): string[] {
  const names = statSync(data, { throwIfNoEntry: false }) ? readdirSync(data) : [];
  const logs = names.filter((name) => /^audit-.*\.log$/.test(name)).sort();
  const paths = [...logs, ...names.filter((name) => name === 'audit.log')].map((name) => join(data, name));
  if (paths.length === 0)
    throw new JdosError('JDOS_ERR_USAGE', { detail: `there is no audit log in ${data}; name the files to take in` });
  return paths;
}
