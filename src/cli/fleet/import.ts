/** `jdos fleet import`. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import type { Command } from 'commander';
import { JdosError } from '../../errors/index.ts';
import {
  type Draft,
  Informer,
  isStatus,
  type KubeClient,
  type KubeObject,
  NAMESPACES,
  NODES,
  type Node,
  PODS,
  type Pod,
  type ResourceType,
} from '../../kube/index.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { EXIT } from '../exit.ts';
import { addOutput, type OutputOptions, printObject } from '../output.ts';
import { Progress } from '../progress.ts';
import { parseSeconds } from '../seconds.ts';
import { formatTable } from '../table.ts';
import { type CsvRow, parseCsv } from './import/csv.ts';
import { type LoadResult, load } from './import/loader.ts';
import { IMPORTED } from './import/names.ts';
import { isSettled, type Placement, placementOf } from './import/placement.ts';
import { HOST_COLUMNS, readHosts } from './import/trace-host.ts';
import { POD_COLUMNS, readPods } from './import/trace-pod.ts';

interface ImportOptions extends ClusterOptions, OutputOptions {
  readonly nodes?: string;
  readonly pods?: string;
  readonly namespace: string;
  readonly wait?: number | true;
}

const DEFAULT_WAIT_SECONDS = 600;

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
    const placement = options.wait === undefined ? undefined : await settle(client, options.namespace, options.wait);
    report(options, loaded, placement);
  });
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

interface Loaded {
  readonly hosts: LoadResult;
  readonly pods: LoadResult;
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

/** Watches until nothing more will happen by itself, or time is out. */
async function settle(client: KubeClient, namespace: string, wait: number | true): Promise<Placement> {
  const stop = new AbortController();
  const progress = new Progress();
  const informer = new Informer(client, PODS, { namespace, labelSelector: `${IMPORTED}=true`, transform: bare });
  informer.start(stop.signal);
  await informer.synced();
  const seconds = wait === true ? DEFAULT_WAIT_SECONDS : wait;
  const end = Date.now() + seconds * 1000;
  let placement = placementOf(informer.list());
  while (!isSettled(placement) && Date.now() < end) {
    progress.bar('Pods running', placement.running, placement.total);
    await new Promise((resolve) => setTimeout(resolve, 500));
    placement = placementOf(informer.list());
  }
  progress.end();
  stop.abort();
  return placement;
}

function bare(pod: Pod): Pod {
  const { phase, conditions } = pod.status ?? {};
  const { name, namespace, uid, resourceVersion, creationTimestamp } = pod.metadata;
  const metadata = { name, ...(namespace && { namespace }), uid, resourceVersion, creationTimestamp };
  const spec = { containers: [], ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }) };
  const scheduled = conditions?.filter(({ type }) => type === 'PodScheduled') ?? [];
  return { metadata, spec, status: { ...(phase && { phase }), conditions: scheduled } };
}

function report(options: ImportOptions, loaded: Loaded, placement: Placement | undefined): void {
  const failures = [...loaded.hosts.failed, ...loaded.pods.failed];
  for (const { name, error } of failures.slice(0, 5)) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  if (options.output) printObject(options, summaryOf(loaded, placement));
  else if (placement) process.stdout.write(formatPlacement(placement));
  if (failures.length > 0) process.exitCode = EXIT.failed;
  else if (placement && !isSettled(placement)) process.exitCode = EXIT.timeout;
}

function summaryOf(loaded: Loaded, placement: Placement | undefined): Record<string, unknown> {
  const count = ({ created, present, failed }: LoadResult) => ({ created, present, failed: failed.length });
  return { hosts: count(loaded.hosts), pods: count(loaded.pods), ...(placement && { placement }) };
}

function formatPlacement(placement: Placement): string {
  const { total, running, starting, ended, undecided, waiting } = placement;
  const waits = waiting.reduce((sum, group) => sum + group.pods, 0);
  const rest = [
    [starting, 'starting'],
    [ended, 'ended'],
    [undecided, 'not yet seen by the scheduler'],
    [waits, 'waiting'],
  ] as const;
  const said = rest.filter(([count]) => count > 0).map(([count, word]) => `, ${count} ${word}`);
  const line = `${total} Pods: ${running} running${said.join('')}\n`;
  if (waiting.length === 0) return line;
  const columns = [
    { head: 'WAITING', cell: (group: (typeof waiting)[number]) => group.pods },
    { head: 'NO HOST BECAUSE', cell: (group: (typeof waiting)[number]) => group.reason },
    { head: 'FOR EXAMPLE', cell: (group: (typeof waiting)[number]) => group.example },
  ];
  return `${line}\n${formatTable(columns, waiting)}`;
}
