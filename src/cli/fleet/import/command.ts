/** `jdos fleet import`. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import type { Command } from 'commander';
import { JdosError } from '../../../errors/index.ts';
import {
  type Draft,
  isStatus,
  type KubeClient,
  type KubeObject,
  NAMESPACES,
  NODES,
  type Node,
  PODS,
  type Pod,
  type ResourceType,
} from '../../../kube/index.ts';
import { addCluster, type ClusterOptions, withCluster } from '../../cluster.ts';
import { EXIT } from '../../exit.ts';
import { addOutput, type OutputOptions, printObject } from '../../output.ts';
import { Progress } from '../../progress.ts';
import { parseSeconds } from '../../seconds.ts';
import { type CsvRow, parseCsv } from './csv.ts';
import { load } from './loader.ts';
import { isSettled } from './placement.ts';
import { formatOutcome, type Loaded, summaryOf } from './report.ts';
import { type Outcome, settle } from './settle.ts';
import { HOST_COLUMNS, readHosts } from './trace-host.ts';
import { POD_COLUMNS, readPods } from './trace-pod.ts';

interface ImportOptions extends ClusterOptions, OutputOptions {
  readonly nodes?: string;
  readonly pods?: string;
  readonly namespace: string;
  readonly wait?: number | true;
}

const DEFAULT_WAIT_SECONDS = 600;
const TOLD_FAILURES = 5;

export function defineImport(command: Command): void {
  addOutput(addCluster(command))
    .option('--nodes <file>', `CSV with the columns ${HOST_COLUMNS.join(', ')} and, if there, model`)
    .option('--pods <file>', `CSV with the columns ${POD_COLUMNS.join(', ')} and, if there, gpu_spec, qos`)
    .option('-n, --namespace <name>', 'namespace of the Pods', 'imported')
    .option('--wait [duration]', 'wait until every Pod runs or is refused, then report', parseSeconds)
    .addHelpText('after', '\nExample:\n  jdos fleet import --nodes hosts.csv --pods pods.csv --wait 10m')
    .action(importFiles);
}

async function importFiles(options: ImportOptions): Promise<void> {
  if (!options.nodes && !options.pods) {
    throw new JdosError('JDOS_ERR_USAGE', { detail: 'fleet import: expected --nodes FILE, --pods FILE or both' });
  }
  const hosts = options.nodes ? readHosts(await readRows(options.nodes, HOST_COLUMNS)) : [];
  const pods = options.pods ? readPods(await readRows(options.pods, POD_COLUMNS), options.namespace) : [];
  await withCluster(options, async (client) => {
    const loaded = await loadAll(client, { hosts, pods, namespace: options.namespace });
    report(options, loaded, options.wait === undefined ? undefined : await outcomeOf(client, options));
  });
}

function outcomeOf(client: KubeClient, { namespace, wait }: ImportOptions): Promise<Outcome> {
  const seconds = typeof wait === 'number' ? wait : DEFAULT_WAIT_SECONDS;
  return settle(client, { namespace, seconds, progress: new Progress() });
}

async function readRows(file: string, columns: readonly string[]): Promise<CsvRow[]> {
  try {
    return parseCsv(await readFile(file, 'utf8'), file, columns);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EISDIR' && code !== 'EACCES') throw error;
    throw new JdosError('JDOS_ERR_USAGE', { detail: `cannot read ${file}: ${code}` }, { cause: error });
  }
}

interface Wanted {
  readonly hosts: Draft<Node>[];
  readonly pods: Draft<Pod>[];
  readonly namespace: string;
}

async function loadAll(client: KubeClient, { hosts, pods, namespace }: Wanted): Promise<Loaded> {
  const progress = new Progress();
  const loadOne = async <T extends KubeObject>(label: string, type: ResourceType<T>, drafts: Draft<T>[]) => {
    const result = await load(client, { type, drafts, onProgress: (done, total) => progress.bar(label, done, total) });
    const [made, there] = [`${result.created} created`, `${result.present} there before`];
    if (drafts.length > 0) progress.done(`${label}: ${made}, ${there}, ${result.failed.length} failed`);
    return result;
  };
  if (pods.length > 0) await ensureNamespace(client, namespace);
  return { hosts: await loadOne('hosts', NODES, hosts), pods: await loadOne('Pods', PODS, pods) };
}

async function ensureNamespace(client: KubeClient, name: string): Promise<void> {
  try {
    await client.create(NAMESPACES, { metadata: { name }, spec: {} });
  } catch (error) {
    if (!isStatus(error, 'AlreadyExists')) throw error;
  }
}

function report(options: ImportOptions, loaded: Loaded, outcome: Outcome | undefined): void {
  const failures = [...loaded.hosts.failed, ...loaded.pods.failed];
  for (const { name, error } of failures.slice(0, TOLD_FAILURES)) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  if (options.output) printObject(options, summaryOf(options.namespace, loaded, outcome));
  else if (outcome) process.stdout.write(formatOutcome(outcome));
  if (failures.length > 0) process.exitCode = EXIT.failed;
  else if (outcome && !isSettled(outcome.placement)) process.exitCode = EXIT.timeout;
}
