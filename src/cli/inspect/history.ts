/** `jdos inspect runs|brief|results|diff|checks`: what was found. */
import process from 'node:process';
import { Argument, type Command, Option } from 'commander';
import {
  briefOf,
  CHECKS,
  type Change,
  type Check,
  checkOf,
  type Diff,
  describe,
  diffOf,
  type Language,
  LEVELS,
  type Level,
  listResults,
  listRuns,
  type Result,
  type Run,
} from '../../inspection/index.ts';
import { ageOf } from '../age.ts';
import { addDataDir, type DataDirOptions } from '../data-dir.ts';
import { addOutput, type ListView, type OutputOptions, printList } from '../output.ts';
import { addRecords, type RecordsLocation, withRecords } from '../records.ts';
import { addLanguage, type LanguageOptions, parseNumber, runOrLatest } from './options.ts';
import { addBriefOutput, type BriefOutput, printBrief } from './print-brief.ts';

type Place = DataDirOptions & RecordsLocation;
type Listing = Place & OutputOptions & LanguageOptions;

export function defineHistory(command: Command): void {
  const add = (name: string, text: string) => addRecords(addDataDir(command.command(name).description(text)));
  addOutput(add('runs', 'list the runs, newest first'))
    .option('--plan <name>', 'only those of this plan')
    .option('--limit <n>', 'so many', parseNumber, 20)
    .option('--after <run>', 'older than this one')
    .action(runs);
  addLanguage(addBriefOutput(add('brief', 'show the brief of a run')))
    .addArgument(new Argument('[run]', 'its number (default: the newest that has ended)').argParser(parseNumber))
    .option('--plan <name>', 'the newest of this plan')
    .action(brief);
  addLanguage(addOutput(add('results', 'show what a run found, host by host')))
    .addArgument(new Argument('[run]', 'its number (default: the newest that has ended)').argParser(parseNumber))
    .option('--check <id>', 'only this check')
    .addOption(new Option('--level <level>', 'only this level').choices(LEVELS))
    .option('--host <name>', 'only this host')
    .option('--all', 'healthy ones, too')
    .option('--limit <n>', 'so many', parseNumber, 200)
    .option('--after <key>', 'go on behind the page before')
    .action(results);
  addLanguage(addOutput(add('diff', 'show what has changed between two runs')))
    .addArgument(new Argument('[before]', 'number of a run (default: the last but one)').argParser(parseNumber))
    .addArgument(new Argument('[after]', 'number of a later one (default: the newest)').argParser(parseNumber))
    .option('--plan <name>', 'of this plan')
    .action(diff);
  addLanguage(
    addOutput(command.command('checks').description('list the checks, their thresholds and remedies')),
  ).action(checks);
}

const RUNS: ListView<Run> = {
  columns: [
    { head: 'RUN', cell: (run) => run.id },
    { head: 'PLAN', cell: (run) => run.plan ?? '-' },
    { head: 'STATE', cell: (run) => run.state },
    { head: 'HOSTS', cell: (run) => run.scope },
    { head: 'BY', cell: (run) => run.by },
    {
      head: 'TOOK',
      cell: (run) => (run.finishedAt ? `${((run.finishedAt - run.startedAt) / 1000).toFixed(1)}s` : '-'),
    },
    { head: 'AGE', cell: (run) => ageOf(new Date(run.startedAt).toISOString()) },
  ],
  name: (run) => `run/${run.id}`,
  empty: 'No run yet: start one with `jdos inspect run`.',
};

type RunsOptions = Place & OutputOptions & { readonly plan?: string; readonly limit: number; readonly after?: string };

async function runs(options: RunsOptions): Promise<void> {
  await withRecords(options, async (records) => {
    const page = await listRuns(records, options);
    printList(options, page.items, RUNS);
    tellNext(page.next);
  });
}

async function brief(id: number | undefined, options: Place & BriefOutput & { readonly plan?: string }): Promise<void> {
  await withRecords(options, async (records) => {
    await printBrief(records, await briefOf(records, await runOrLatest(records, id, options.plan)), options);
  });
}

interface ResultsOptions extends Listing {
  readonly check?: string;
  readonly level?: Level;
  readonly host?: string;
  readonly all?: true;
  readonly limit: number;
  readonly after?: string;
}

async function results(id: number | undefined, options: ResultsOptions): Promise<void> {
  await withRecords(options, async (records) => {
    const run = await runOrLatest(records, id);
    const bad = !options.all && options.level === undefined;
    const { check, level, host, limit, after } = options;
    const narrow = { ...(check && { check }), ...(level && { level }), ...(host && { host }), ...(after && { after }) };
    const page = await listResults(records, run.id, { ...narrow, bad, limit });
    printList(options, page.items, resultView(options.lang));
    tellNext(page.next);
  });
}

function resultView(lang: Language): ListView<Result> {
  return {
    columns: [
      { head: 'LEVEL', cell: (result) => result.level },
      { head: 'CHECK', cell: (result) => result.check },
      { head: 'HOST', cell: (result) => result.host },
      { head: 'WHAT', cell: (result) => describe(result, lang) },
    ],
    name: (result) => `${result.host}/${result.check}`,
    data: (result) => ({
      ...result,
      readAt: new Date(result.readAt).toISOString(),
      message: { zh: describe(result, 'zh'), en: describe(result, 'en') },
      remedy: checkOf(result.check).remedy,
    }),
    empty: lang === 'zh' ? '没有异常。' : 'Nothing: all that was looked for is healthy.',
  };
}

async function diff(
  before: number | undefined,
  after: number | undefined,
  options: Listing & { readonly plan?: string },
) {
  await withRecords(options, async (records) => {
    const { plan } = options;
    const newest = await runOrLatest(records, after, plan);
    const older = await listRuns(records, { limit: 20, after: String(newest.id), ...(plan !== undefined && { plan }) });
    const last = older.items.find((run) => run.state !== 'running');
    const oldest = before === undefined && last ? last : await runOrLatest(records, before ?? 0, plan);
    printDiff(await diffOf(records, oldest, newest), options, [oldest, newest]);
  });
}

const KINDS = {
  new: { zh: '新增', en: 'new' },
  worse: { zh: '加重', en: 'worse' },
  better: { zh: '减轻', en: 'better' },
  fixed: { zh: '恢复', en: 'fixed' },
} as const;

function printDiff(found: Diff, options: Listing, [before, after]: readonly [Run, Run]): void {
  const rows = (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((kind) =>
    found[kind].map((change) => ({ kind, ...change })),
  );
  const view: ListView<Change & { readonly kind: keyof typeof KINDS }> = {
    columns: [
      { head: 'CHANGE', cell: (row) => KINDS[row.kind][options.lang] },
      { head: 'CHECK', cell: (row) => row.check },
      { head: 'HOST', cell: (row) => row.host },
      { head: 'FROM', cell: (row) => row.from ?? '-' },
      { head: 'TO', cell: (row) => row.to ?? '-' },
    ],
    name: (row) => `${row.host}/${row.check}`,
    empty:
      options.lang === 'zh'
        ? `#${before.id} 与 #${after.id} 之间没有变化。`
        : `Nothing has changed between #${before.id} and #${after.id}.`,
  };
  printList(options, rows, view);
}

function checks(options: OutputOptions & LanguageOptions): void {
  const view: ListView<Check> = {
    columns: [
      { head: 'ID', cell: (check) => check.id },
      { head: 'NAME', cell: (check) => check.name[options.lang] },
      {
        head: 'LIMITS',
        cell: (check) =>
          Object.entries(check.limits)
            .map(([name, value]) => `${name}=${value}`)
            .join(' ') || '-',
      },
    ],
    name: (check) => check.id,
    data: ({ id, name, remedy, limits, words, findings }) => ({ id, name, remedy, limits, words, findings }),
    empty: '',
  };
  printList(options, CHECKS, view);
}

function tellNext(next: string | undefined): void {
  if (next !== undefined) process.stderr.write(`more: --after '${next}'\n`);
}
