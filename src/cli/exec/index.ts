/** `jdos exec`: a command on many Pods or hosts. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  BatchDesk,
  dangerOf,
  exitCodeOf,
  type JobReport,
  masked,
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
import type { Records } from '../../records/index.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { Progress } from '../progress.ts';
import { addOperator, addRecords, type OperatorOptions, type RecordsLocation, withRecords } from '../records.ts';
import { parseSeconds } from '../seconds.ts';
import { stayAlive } from '../stay-alive.ts';
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
  const danger = dangerOf(words);
  if (danger && !options.allowDangerous && !options.dryRun)
    throw new JdosError('JDOS_ERR_BATCH_DANGEROUS', { command: masked(words), danger });
  await withCluster(options, (client) =>
    withRecords(options, async (records) => {
      const { namespace, container, retry } = options;
      const found = await selectTargets(selector, {
        client,
        bad: (check) => hostsBadIn(records, check),
        ...(namespace && { namespace }),
        ...(container && { container }),
      });
      const targets = retry ? onlyBad(found, retry) : found;
      if (options.dryRun) return showTargets(targets, words, options);
      const report = targets.length === 0 ? NOBODY : await run(selector, words, targets, { client, records, options });
      tell(report);
      process.exitCode = exitCodeOf(report);
    }),
  );
}

const NOBODY: JobReport = { results: [], counts: { ok: 0, failed: 0, unreachable: 0, skipped: 0 } };

interface Tools {
  readonly client: KubeClient;
  readonly records: Records;
  readonly options: ExecOptions;
}

async function run(
  selector: string,
  command: readonly string[],
  targets: readonly Target[],
  { client, records, options }: Tools,
): Promise<JobReport> {
  const transport = transportOf(client, options);
  const show = new Shown(options);
  using _ = stayAlive();
  await using desk = new BatchDesk({ records, onError: (error) => show.warn(error) });
  const { concurrency, stages, mostFailures, timeout, operator: actor } = options;
  const id = await desk.start({
    selector,
    targets,
    command,
    actor,
    transport,
    concurrency,
    stages,
    timeoutMs: timeout * 1000,
    allowDangerous: options.allowDangerous ?? false,
    ...(mostFailures !== undefined && { mostFailures }),
    onResult: (result, done, total) => show.result(result, done, total),
  });
  const letThrough = interruptions(desk, id, actor);
  const report = await desk.ended(id);
  letThrough();
  transport.close?.();
  if (!report)
    throw new JdosError('JDOS_ERR_USAGE', {
      detail: `job ${id} was not ended by this process; see \`jdos batch show ${id}\``,
    });
  show.end(report);
  return report;
}

/** What came, in the form that was asked for. */
class Shown {
  readonly #o: ExecOptions;
  readonly #progress = new Progress();
  readonly #collected: object[] = [];

  constructor(options: ExecOptions) {
    this.#o = options;
  }

  result(result: TargetResult, done: number, total: number): void {
    if (this.#o.output === 'json') this.#collected.push(resultData(result));
    else if (result.outcome.kind !== 'skipped') this.#print(result);
    if (total > 20) this.#progress.bar('done', done, total);
  }

  warn(error: unknown): void {
    this.#progress.end();
    process.stderr.write(`warning: ${error instanceof Error ? error.message : String(error)}\n`);
  }

  end({ counts, stopped }: JobReport): void {
    this.#progress.end();
    if (this.#o.output !== 'json') return;
    process.stdout.write(`${JSON.stringify({ counts, stopped, items: this.#collected }, null, 2)}\n`);
  }

  #print(result: TargetResult): void {
    const { output, caption } = this.#o;
    this.#progress.end();
    process.stdout.write(output === 'oneline' ? oneLine(result, { caption }) : minimal(result, { caption }));
  }
}

/** The first Ctrl-C lets what runs end and skips the rest, the second ends all. */
function interruptions(desk: BatchDesk, id: string, actor: string): () => void {
  let count = 0;
  const interrupt = () => {
    if (count++ > 0) desk.kill(id, 'interrupted twice');
    // A job that has ended meanwhile needs no word.
    else void desk.say(id, 'cancel', actor).catch(() => undefined);
  };
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
