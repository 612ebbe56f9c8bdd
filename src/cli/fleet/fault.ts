/** `jdos fleet fault add|list|clear|kinds`: faults are ConfigMaps that the fleet obeys while they are there. */
import process from 'node:process';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { JdosError } from '../../errors/index.ts';
import {
  describeFault,
  FAULT,
  FAULT_KINDS,
  FAULT_NAMESPACE,
  type FaultKind,
  type FaultTarget,
  isPast,
  makeFault,
  parseFault,
} from '../../fleet/index.ts';
import { CONFIG_MAPS, type ConfigMap, isStatus, type KubeClient, NAMESPACES } from '../../kube/index.ts';
import { ageOf } from '../age.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { addOutput, type ListView, type OutputOptions, printList } from '../output.ts';
import { parseSeconds } from '../seconds.ts';

interface AddOptions extends ClusterOptions, OutputOptions {
  readonly host?: string[];
  readonly hostSelector?: string;
  readonly rack?: string;
  readonly namespace?: string;
  readonly podSelector?: string;
  readonly pod?: string[];
  readonly container?: string;
  readonly image?: string;
  readonly name?: string;
  readonly for?: number;
  readonly set: Readonly<Record<string, string>>;
}

const VIEW: ListView<ConfigMap> = {
  columns: [
    { head: 'NAME', cell: (map) => map.metadata.name },
    { head: 'STATE', cell: (map) => (isPast(parseFault(map), Date.now()) ? 'past' : 'in force') },
    { head: 'FAULT', cell: (map) => describeFault(parseFault(map)) },
    { head: 'AGE', cell: (map) => ageOf(map.metadata.creationTimestamp) },
  ],
  name: (map) => `fault/${map.metadata.name}`,
  empty: 'No faults: every host does as it should.',
};

export function defineFault(command: Command): void {
  defineAdd(command.command('add').description('break something'));
  addOutput(addCluster(command.command('list').description('list the faults in force'))).action(list);
  addCluster(command.command('clear').description('mend: remove faults by name, or all of them'))
    .argument('[names...]', 'names of faults')
    .option('--all', 'remove every fault')
    .action(clear);
  addOutput(command.command('kinds').description('list the kinds of faults and what may be said of each')).action(
    kinds,
  );
}

function defineAdd(command: Command): void {
  addOutput(addCluster(command))
    .addArgument(new Argument('<kind>', 'what breaks').choices(Object.keys(FAULT_KINDS)))
    .option('--host <names>', 'hosts, comma-separated', names)
    .option('--host-selector <labels>', 'hosts with these labels')
    .option('--rack <rack>', 'hosts of this rack')
    .option('-n, --namespace <name>', 'Pods of this namespace')
    .option('--pod-selector <labels>', 'Pods with these labels')
    .option('--pod <names>', 'Pods, comma-separated', names)
    .option('--container <name>', 'containers of this name')
    .option('--image <pattern>', 'containers of this image; * stands for anything')
    .option('--for <duration>', 'mend by itself after, e.g. 90, 5m, 1h', parseSeconds)
    .option('--name <name>', 'name of the fault')
    .option('--set <key=value>', 'a parameter of the kind; see `jdos fleet fault kinds`', parameter, {})
    .action(add);
}

async function add(kind: FaultKind, options: AddOptions): Promise<void> {
  const until = options.for === undefined ? {} : { until: Date.now() + options.for * 1000 };
  const name = options.name === undefined ? {} : { name: options.name };
  const draft = makeFault(kind, targetOf(options), { ...name, ...until, parameters: options.set });
  const made = await withCluster(options, async (client) => {
    await ensureNamespace(client);
    return client.create(CONFIG_MAPS, draft);
  });
  if (options.output) printList(options, [made], VIEW);
  else process.stdout.write(`fault/${made.metadata.name} added: ${describeFault(parseFault(made))}\n`);
}

async function list(options: ClusterOptions & OutputOptions): Promise<void> {
  printList(options, await withCluster(options, faultsOf), VIEW);
}

async function clear(asked: string[], options: ClusterOptions & { readonly all?: true }): Promise<void> {
  if ((asked.length === 0) !== (options.all === true)) {
    throw new JdosError('JDOS_ERR_USAGE', { detail: 'fault clear: expected names of faults, or --all' });
  }
  await withCluster(options, async (client) => {
    const chosen = options.all ? (await faultsOf(client)).map((fault) => fault.metadata.name) : asked;
    for (const name of chosen) {
      await client.delete(CONFIG_MAPS, name, { namespace: FAULT_NAMESPACE });
      process.stdout.write(`fault/${name} cleared\n`);
    }
  });
}

function kinds(options: OutputOptions): void {
  const rows = Object.entries(FAULT_KINDS).map(([name, kind]) => ({ name, ...kind }));
  printList(options, rows, {
    columns: [
      { head: 'KIND', cell: (row) => row.name },
      { head: 'PARAMETERS', cell: (row) => Object.keys(row.parameters).join(',') || '-' },
      { head: 'WHAT HAPPENS', cell: (row) => row.text },
    ],
    name: (row) => row.name,
    empty: '',
  });
}

function faultsOf(client: KubeClient): Promise<ConfigMap[]> {
  return Array.fromAsync(client.listAll(CONFIG_MAPS, { namespace: FAULT_NAMESPACE, labelSelector: FAULT }));
}

async function ensureNamespace(client: KubeClient): Promise<void> {
  try {
    await client.create(NAMESPACES, { metadata: { name: FAULT_NAMESPACE }, spec: {} });
  } catch (error) {
    if (!isStatus(error, 'AlreadyExists')) throw error;
  }
}

function targetOf(options: AddOptions): FaultTarget {
  const { host, hostSelector, rack, namespace, podSelector, pod, container, image } = options;
  return {
    ...(host && { hosts: host }),
    ...(hostSelector && { hostSelector }),
    ...(rack && { rack }),
    ...(namespace && { namespace }),
    ...(podSelector && { podSelector }),
    ...(pod && { pods: pod }),
    ...(container && { container }),
    ...(image && { image }),
  };
}

function names(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(',').filter(Boolean)];
}

function parameter(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('expected key=value.');
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
}
