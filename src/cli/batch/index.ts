/** `jdos batch`: the commands on many targets that are or were under way, whoever runs them. */
import process from 'node:process';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  BatchBook,
  BatchDesk,
  exitCodeOf,
  type KeptJob,
  type KeptResult,
  minimal,
  OUTCOMES,
  type OutcomeKind,
} from '../../batch/index.ts';
import { JdosError } from '../../errors/index.ts';
import { ageOf } from '../age.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { addDataDir, type DataDirOptions } from '../data-dir.ts';
import { transportOf, WAYS, type WayOptions } from '../exec/transport.ts';
import { addOutput, type ListView, type OutputOptions, printList, printObject } from '../output.ts';
import { addOperator, addRecords, type OperatorOptions, type RecordsLocation, withRecords } from '../records.ts';
import { stayAlive } from '../stay-alive.ts';

type Place = DataDirOptions & RecordsLocation;
type ListOptions = Place & OutputOptions & { readonly limit: number; readonly after?: string };
type ResultsOptions = ListOptions & { readonly kind?: OutcomeKind };
type ResumeOptions = ClusterOptions & RecordsLocation & OperatorOptions & WayOptions;

const JOBS: ListView<KeptJob> = {
  columns: [
    { head: 'ID', cell: ({ id }) => id },
    { head: 'STATE', cell: ({ state }) => state },
    { head: 'TARGETS', cell: ({ targets }) => targets },
    { head: 'BY', cell: ({ actor }) => actor },
    { head: 'AGE', cell: ({ createdAt }) => ageOf(new Date(createdAt).toISOString()) },
    { head: 'SELECTOR', cell: ({ selector }) => selector },
    { head: 'COMMAND', cell: ({ command }) => command },
  ],
  name: ({ id }) => `batch/${id}`,
  empty: 'There were no jobs yet.',
};

const RESULTS: ListView<KeptResult> = {
  columns: [
    { head: 'TARGET', cell: ({ target }) => target },
    { head: 'HOST', cell: ({ host }) => host ?? '-' },
    { head: 'OUTCOME', cell: ({ kind }) => kind },
    { head: 'RC', cell: ({ rc }) => rc ?? '-' },
    { head: 'SAYS', cell: ({ stdout, stderr, message }) => (message || stderr || stdout).trim().split('\n')[0]! },
  ],
  name: ({ target }) => target,
  empty: 'There are no such results.',
};

export function define(command: Command): void {
  const kept = (name: string, description: string) =>
    addRecords(addDataDir(command.command(name).description(description)));
  addPages(addOutput(kept('list', 'jobs, the newest first')), 20).action(list);
  addOutput(kept('show', 'one job, and how far it is')).argument('<id>').action(show);
  addPages(addOutput(kept('results', 'how it ended on each target')), 100)
    .argument('<id>')
    .addOption(new Option('--kind <outcome>', 'only these').choices(OUTCOMES))
    .action(results);
  for (const [word, description] of [
    ['pause', 'begin nothing more until it goes on; what runs is let run to its end'],
    ['cancel', 'let what runs end and skip the rest'],
  ] as const)
    addOperator(kept(word, description))
      .argument('<id>')
      .action((id: string, options: Place & OperatorOptions) => say(id, word, options));
  addOperator(addRecords(addCluster(command.command('resume'))))
    .description('go on with a job that is paused, or here with one whose process is gone')
    .argument('<id>')
    .argument('[command...]', 'after --: the same command again, if there were secrets in it')
    .addOption(new Option('--by <way>', 'how targets are reached').choices(WAYS))
    .addOption(new Option('--serf <address>', 'the agent of serf').env('JDOS_SERF').default('127.0.0.1:7373'))
    .option('--user <name>', 'for ssh')
    .action(resume);
}

function addPages(command: Command, limit: number): Command {
  return command.option('--limit <n>', 'so many', whole, limit).option('--after <key>', 'those behind this one');
}

async function list(options: ListOptions): Promise<void> {
  const page = await withBook(options, (book) => book.list(pageOptions(options)));
  printList(options, page.items, JOBS);
  tellNext(page.next);
}

async function show(id: string, options: Place & OutputOptions): Promise<void> {
  await withBook(options, async (book) => {
    const { plan: _, createdAt, endedAt, stopped, ...job } = await found(book, id);
    printObject(options, {
      ...job,
      created: new Date(createdAt).toISOString(),
      ended: endedAt === undefined ? '-' : new Date(endedAt).toISOString(),
      stopped: stopped ?? '-',
      ...(await book.counts(id)),
    });
  });
}

async function results(id: string, options: ResultsOptions): Promise<void> {
  const { kind } = options;
  const page = await withBook(options, async (book) => {
    await found(book, id);
    return book.results(id, { ...pageOptions(options), ...(kind && { kind }) });
  });
  printList(options, page.items, RESULTS);
  tellNext(page.next);
}

async function say(id: string, word: 'pause' | 'cancel', options: Place & OperatorOptions): Promise<void> {
  await withRecords(options, async (records) => {
    await using desk = new BatchDesk({ records });
    await desk.say(id, word, options.operator);
  });
  process.stdout.write(`${id}: ${word} is asked for\n`);
}

/** A job that is alive goes on where it is; one that is lost is gone on with here, and its end is waited for. */
async function resume(id: string, words: string[], options: ResumeOptions): Promise<void> {
  await withCluster(options, (client) =>
    withRecords(options, async (records) => {
      using _ = stayAlive();
      await using desk = new BatchDesk({ records });
      const transport = transportOf(client, options);
      const where = await desk.resume(id, {
        actor: options.operator,
        transport,
        onResult: (result) => process.stdout.write(minimal(result)),
        ...(words.length > 0 && { command: words }),
      });
      const report = where === 'here' ? await desk.ended(id) : undefined;
      transport.close?.();
      if (!report) process.stdout.write(`${id}: goes on where it was\n`);
      else process.exitCode = exitCodeOf({ counts: await desk.book.counts(id) });
    }),
  );
}

function withBook<T>(options: Place, work: (book: BatchBook) => Promise<T>): Promise<T> {
  return withRecords(options, (records) => work(new BatchBook(records, Date.now)));
}

async function found(book: BatchBook, id: string): Promise<KeptJob> {
  const job = await book.get(id);
  if (!job) throw new JdosError('JDOS_ERR_USAGE', { detail: `there is no job ${id}; \`jdos batch list\` shows them` });
  return job;
}

function pageOptions({ limit, after }: ListOptions) {
  return { limit, ...(after && { after }) };
}

function tellNext(next: string | undefined): void {
  if (next) process.stderr.write(`there are more: --after ${next}\n`);
}

function whole(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('expected a whole number above nothing.');
  return Number(text);
}
