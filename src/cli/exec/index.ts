/** `jdos exec`: a command on many Pods or hosts. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  dangerOf,
  exitCodeOf,
  Job,
  type JobReport,
  masked,
  maskText,
  minimal,
  oneLine,
  resultData,
  selectTargets,
  stagesOf,
  type Target,
  type TargetResult,
} from '../../batch/index.ts';
import { JdosError } from '../../errors/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { Progress } from '../progress.ts';
import { addOperator, addRecords, type OperatorOptions, type RecordsLocation, withRecords } from '../records.ts';
import { parseSeconds } from '../seconds.ts';
import { formatTable } from '../table.ts';
import { hostsBadIn } from './bad.ts';
import { transportOf, WAYS, type WayOptions } from './transport.ts';

export interface ExecOptions extends ClusterOptions, RecordsLocation, OperatorOptions, WayOptions {
  readonly namespace?: string;
  readonly container?: string;
  readonly concurrency: number;
  readonly stages: readonly (number | 'canary')[];
  readonly mostFailures?: number;
  readonly timeout: number;
  readonly output: 'minimal' | 'oneline' | 'json';
  readonly caption: string;
  readonly retry?: string;
  readonly dryRun?: true;
  readonly allowDangerous?: true;
}

const HELP = `
SELECTOR is one of
  app=web,tier!=cache      Pods by labels; with nothing all Pods: all
  @shop/web                the Pods of an application
  hosts:zone=gz-1,!rack    hosts by labels; those of JDOS by their short names
  host:a,b                 hosts by name or address
  bad:time.offset          hosts in which the newest inspection has found something by this check

One word is run by a shell, several words as they are. Exit codes as Ansible has them: 4 when something was not reached, or
there were no targets; 2 when something failed; else 0.

Examples:
  jdos exec @shop/web -- 'df -h / | tail -1'
  jdos exec hosts:zone=gz-1,status=ready --by ssh -- uptime
  jdos exec all -n shop -o json -- hostname > last.json
  jdos exec all -n shop --retry last.json -- hostname`;

export function define(command: Command): void {
  addOperator(addRecords(addCluster(command)))
    .argument('<selector>', 'who is meant')
    .argument('<command...>', 'what is run, after --')
    .option('-n, --namespace <name>', 'Pods of this namespace only')
    .option('-c, --container <name>', 'this container of each Pod')
    .addOption(new Option('--by <way>', 'how targets are reached (default: Pods by exec, hosts by ssh)').choices(WAYS))
    .addOption(
      new Option('--serf <address>', 'with --by serf: the agent to ask').env('JDOS_SERF').default('127.0.0.1:7373'),
    )
    .option('--user <name>', 'for ssh')
    .option('--concurrency <n>', 'at once', whole, 100)
    .option(
      '--stages <list>',
      'shares after which it looks back: canary,5,25,100; 100 is all at once',
      parseStages,
      parseStages('canary,5,25,100'),
    )
    .option('--most-failures <n>', 'stop when more than so many go wrong (default: 5 %, at least 3)', whole)
    .option('--timeout <duration>', 'for each target', parseSeconds, 60)
    .addOption(
      new Option('-o, --output <form>', 'how results are printed')
        .choices(['minimal', 'oneline', 'json'])
        .default('minimal'),
    )
    .option('--caption <word>', 'said of what ended well', 'CHANGED')
    .option('--retry <file>', 'only what went wrong in this earlier output of -o json')
    .option('--dry-run', 'only show the targets by stage')
    .option('--allow-dangerous', 'run it though it may end the machines; written down with your name')
    .addHelpText('after', HELP)
    .action(exec);
}

async function exec(selector: string, words: string[], options: ExecOptions): Promise<void> {
  const command = words.length === 1 ? ['/bin/sh', '-c', words[0]!] : words;
  const danger = dangerOf(words);
  if (danger && !options.allowDangerous && !options.dryRun)
    throw new JdosError('JDOS_ERR_BATCH_DANGEROUS', { command: masked(words), danger });
  await withCluster(options, async (client) => {
    const { namespace, container, retry } = options;
    const found = await selectTargets(selector, {
      client,
      bad: (check) => withRecords(options, (records) => hostsBadIn(records, check)),
      ...(namespace && { namespace }),
      ...(container && { container }),
    });
    const targets = retry ? onlyBad(found, retry) : found;
    if (options.dryRun) return showTargets(targets, words, options);
    const report = await run(client, targets, command, options);
    await note(selector, words, targets, report, options);
    process.exitCode = exitCodeOf(report);
  });
}

async function run(
  client: KubeClient,
  targets: readonly Target[],
  command: readonly string[],
  options: ExecOptions,
): Promise<JobReport> {
  const progress = new Progress();
  const { concurrency, stages, mostFailures, timeout } = options;
  const collected: object[] = [];
  const transport = transportOf(client, options);
  const job = new Job({
    transport,
    targets,
    command,
    concurrency,
    stages,
    timeoutMs: timeout * 1000,
    ...(mostFailures !== undefined && { mostFailures }),
    onResult: (result, done, total) => {
      if (options.output === 'json') collected.push(resultData(result));
      else if (result.outcome.kind !== 'skipped') print(result, options, progress);
      if (total > 20) progress.bar('done', done, total);
    },
  });
  const interrupt = interruptions(job);
  const report = await job.run();
  transport.close?.();
  interrupt();
  progress.end();
  if (options.output === 'json')
    process.stdout.write(
      `${JSON.stringify({ counts: report.counts, stopped: report.stopped, items: collected }, null, 2)}\n`,
    );
  tell(report);
  return report;
}

function print(result: TargetResult, { output, caption }: ExecOptions, progress: Progress): void {
  progress.end();
  process.stdout.write(output === 'oneline' ? oneLine(result, { caption }) : minimal(result, { caption }));
}

/** The first Ctrl-C lets what runs end and skips the rest, the second ends all. */
function interruptions(job: Job): () => void {
  let count = 0;
  const interrupt = () => (count++ === 0 ? job.cancel('interrupted') : job.kill('interrupted twice'));
  process.on('SIGINT', interrupt);
  return () => process.off('SIGINT', interrupt);
}

function tell({ counts: { ok, failed, unreachable, skipped }, stopped }: JobReport): void {
  const total = ok + failed + unreachable + skipped;
  const words =
    total === 0
      ? 'there is nobody of that kind'
      : `${ok} ok, ${failed} failed, ${unreachable} not reached, ${skipped} skipped`;
  process.stderr.write(`${words}${stopped ? `; stopped: ${stopped}` : ''}\n`);
}

/** Who ran what where, without secrets and without what came out. */
async function note(
  selector: string,
  words: readonly string[],
  targets: readonly Target[],
  { counts, stopped }: JobReport,
  options: ExecOptions,
): Promise<void> {
  const { appendAudit } = await import('../../records/index.ts');
  const detail = {
    command: masked(words),
    targets: targets.length,
    ...counts,
    ...(stopped && { stopped }),
    ...(options.allowDangerous && { dangerous: 'allowed' }),
  };
  await withRecords(options, (records) =>
    appendAudit(records, {
      at: Date.now(),
      actor: options.operator,
      action: 'batch.exec',
      object: maskText(selector),
      detail,
    }),
  );
}

function showTargets(targets: readonly Target[], words: readonly string[], { stages }: ExecOptions): void {
  const rows = stagesOf(targets, stages).flatMap((stage, i) => stage.map((target) => ({ stage: i + 1, target })));
  process.stdout.write(`would run: ${masked(words)}\n`);
  const columns = [
    { head: 'STAGE', cell: ({ stage }: (typeof rows)[number]) => stage },
    { head: 'TARGET', cell: ({ target }: (typeof rows)[number]) => target.name },
    { head: 'NAMESPACE', cell: ({ target }: (typeof rows)[number]) => target.namespace ?? '-' },
    { head: 'HOST', cell: ({ target }: (typeof rows)[number]) => target.host ?? '-' },
  ];
  process.stdout.write(formatTable(columns, rows));
}

interface Earlier {
  readonly items: readonly { readonly name: string; readonly namespace?: string; readonly kind: string }[];
}

function onlyBad(targets: readonly Target[], file: string): Target[] {
  const { items } = JSON.parse(readFileSync(file, 'utf8')) as Earlier;
  const bad = new Set(
    items.filter(({ kind }) => kind !== 'ok').map(({ namespace, name }) => `${namespace ?? ''} ${name}`),
  );
  return targets.filter(({ namespace, name }) => bad.has(`${namespace ?? ''} ${name}`));
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number.');
  return Number(text);
}

function parseStages(text: string): (number | 'canary')[] {
  return text.split(',').map((stage) => {
    if (stage === 'canary') return stage;
    const percent = Number(stage.replace(/%$/, ''));
    if (!(percent > 0 && percent <= 100))
      throw new InvalidArgumentError('expected canary and shares in per cent, such as canary,5,25,100.');
    return percent / 100;
  });
}
