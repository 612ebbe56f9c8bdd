/** `jdos inspect run`: a run now, by this process. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type Command, Option } from 'commander';
import { JdosError } from '../../errors/index.ts';
import {
  briefOf,
  checkSpec,
  clusterScope,
  createRun,
  findRun,
  isBad,
  keepRuns,
  type Level,
  localScope,
  type Run,
  type RunSpec,
  rank,
  reachOf,
  readSettings,
  type Subject,
  TIMEOUT_SECONDS,
  WAYS,
  type Way,
  work,
} from '../../inspection/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import type { Records } from '../../records/index.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { EXIT } from '../exit.ts';
import { Progress } from '../progress.ts';
import { addOperator, addRecords, type OperatorOptions, type RecordsLocation, withRecords } from '../records.ts';
import { parseSeconds } from '../seconds.ts';
import { stopSignal } from '../up/stop-signal.ts';
import { addLanguage, names, parseNumber } from './options.ts';
import { addBriefOutput, type BriefOutput, printBrief } from './print-brief.ts';

interface RunOptions extends ClusterOptions, RecordsLocation, OperatorOptions, BriefOutput {
  readonly selector?: string;
  readonly host?: readonly string[];
  readonly check?: readonly string[];
  readonly by: Way;
  readonly local?: true;
  readonly sshUser?: string;
  readonly sshPort?: number;
  readonly sshIdentity?: string;
  readonly sshOption?: readonly string[];
  readonly dir?: string;
  readonly timeout: number;
  readonly hostTimeout: number;
  readonly concurrency: number;
  readonly settings?: string;
  readonly failOn?: Level;
}

/** Runs without a plan that are kept. */
const KEPT = 100;

export function defineRun(command: Command): void {
  addLanguage(addBriefOutput(addOperator(addRecords(addCluster(command)))))
    .option('-l, --selector <labels>', 'only hosts with these labels')
    .option('--host <names>', 'only these hosts (names or addresses), comma-separated', names)
    .option('--check <ids>', 'only these checks, comma-separated; see `jdos inspect checks`', names)
    .option('--local', 'inspect this machine, without any cluster')
    .addOption(new Option('--by <way>', 'the way to the hosts').choices(WAYS).default('auto'))
    .option('--ssh-user <name>', 'with --by ssh')
    .option('--ssh-port <port>', 'with --by ssh', parseNumber)
    .option('--ssh-identity <file>', 'with --by ssh: the key')
    .option(
      '--ssh-option <Name=value>',
      'with --by ssh: an option of ssh; may be repeated',
      (one, all: string[] = []) => [...all, one],
    )
    .option('--dir <dir>', 'with --by file: where agents drop their facts, as NAME.facts')
    .option('--timeout <duration>', 'for the whole run', parseSeconds, TIMEOUT_SECONDS)
    .option('--host-timeout <duration>', 'for one host', parseSeconds, 30)
    .option('--concurrency <n>', 'hosts asked at a time', parseNumber, 200)
    .option('--settings <file>', 'thresholds and pools (default: inspection.yaml in the data directory)')
    .addOption(
      new Option('--fail-on <level>', 'end with 1 when a host is at this level or worse').choices([
        'error',
        'alarm',
        'warn',
      ]),
    )
    .action(run);
}

async function run(options: RunOptions): Promise<void> {
  const settings = readSettings(options.settings ?? join(options.data, 'inspection.yaml'));
  const spec = specOf(options);
  checkSpec('run', spec);
  const inspect = (client?: KubeClient) =>
    withRecords(options, async (records) => {
      const scope = client ? await clusterScope(client, spec) : localScope();
      refuseMissing(options, scope);
      const made = await make(records, options, spec, scope);
      const { user, port, identity } = { user: options.sshUser, port: options.sshPort, identity: options.sshIdentity };
      const ssh = {
        ...(user && { user }),
        ...(port && { port }),
        ...(identity && { identity }),
        ...(options.sshOption && { options: options.sshOption }),
      };
      const way = client ? options.by : 'local';
      const reach = reachOf({
        settings,
        way,
        ssh,
        ...(client && { client }),
        ...(options.dir && { dir: options.dir }),
      });
      const ended = await follow(records, made, { reach, settings, options });
      const brief = await briefOf(records, ended);
      await printBrief(records, brief, options);
      await keepRuns(records, undefined, KEPT);
      if (fails(brief.rows, options.failOn)) process.exitCode = EXIT.failed;
    });
  if (options.local) await inspect();
  else await withCluster(options, inspect);
}

function specOf({ selector, host, check, by }: RunOptions): RunSpec {
  return {
    ...(selector !== undefined && { selector }),
    ...(host && { hosts: host }),
    ...(check && { checks: check }),
    ...(by !== 'auto' && { way: by }),
  };
}

/** A name that no host has is told before anything is asked, with the names that come near. */
function refuseMissing({ host = [], selector }: RunOptions, scope: readonly Subject[]): void {
  const missing = host.filter((name) => !scope.some((subject) => subject.host === name || subject.address === name));
  if (missing.length === 0 && scope.length > 0) return;
  const what = missing.length > 0 ? `host ${missing.join(', ')}` : `host${selector ? ` with ${selector}` : ''}`;
  throw new JdosError('JDOS_ERR_INSPECT_NO_HOST', { what });
}

async function make(records: Records, options: RunOptions, spec: RunSpec, scope: readonly Subject[]): Promise<Run> {
  const timeoutMs = options.timeout * 1000;
  const made = await createRun(records, { by: options.operator, now: Date.now(), timeoutMs, spec }, scope);
  if (!made) throw new Error('a run without a plan is always new');
  return made;
}

interface Following extends Pick<Parameters<typeof work>[1], 'reach' | 'settings'> {
  readonly options: RunOptions;
}

/** What is stopped here, `jdos up` goes on with; and so is what is killed. */
async function follow(records: Records, made: Run, { reach, settings, options }: Following): Promise<Run> {
  const progress = new Progress();
  await work(made, {
    records,
    reach,
    settings,
    worker: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
    signal: stopSignal(),
    concurrency: options.concurrency,
    hostTimeoutMs: options.hostTimeout * 1000,
    onProgress: (done, total) => progress.bar(`run ${made.id}`, done, total),
  });
  progress.end();
  return (await findRun(records, made.id)) ?? made;
}

function fails(rows: readonly Readonly<Record<Level, number>>[], level: Level | undefined): boolean {
  if (level === undefined) return false;
  const bad = (['warn', 'alarm', 'error'] as const).filter((one) => isBad(one) && rank(one) >= rank(level));
  return rows.some((row) => bad.some((one) => row[one] > 0));
}
