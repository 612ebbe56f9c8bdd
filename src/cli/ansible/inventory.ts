/** `jdos ansible-inventory`: hosts and Pods for Ansible. */
import { join } from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { ansibleInventory, CONNECTION_PLUGINS, inventoryName, selectTargets } from '../../batch/index.ts';
import { JdosError } from '../../errors/index.ts';
import { badHostsByCheck } from '../../inspection/index.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { addRecords, type RecordsLocation, withRecords } from '../records.ts';

interface InventoryOptions extends ClusterOptions, RecordsLocation {
  readonly list?: true;
  readonly host?: string;
  readonly pluginPath?: true;
  readonly namespace?: string;
  readonly selector?: string;
  readonly container?: string;
  readonly socket?: string;
}

const HELP = `
Ansible runs a program as its inventory, so give it one of two lines:
  #!/bin/sh
  exec jdos ansible-inventory "$@"
and tell it where the connection plugin is:
  export ANSIBLE_CONNECTION_PLUGINS=$(jdos ansible-inventory --plugin-path)
  ansible -i ./inventory pods -m raw -a hostname`;

export function define(command: Command): void {
  addRecords(addCluster(command))
    .option('--list', 'everything')
    .option('--host <name>', 'the variables of one')
    .option('--plugin-path', 'print where the connection plugin is')
    .option('-n, --namespace <name>', 'Pods of this namespace only')
    .option('-l, --selector <labels>', 'Pods with these labels only')
    .option('-c, --container <name>', 'this container of each Pod')
    .option('--socket <path>', 'of the process that runs the commands (default: exec.sock in the data directory)')
    .addHelpText('after', HELP)
    .action(inventory);
}

async function inventory(options: InventoryOptions): Promise<void> {
  if (options.pluginPath) return void process.stdout.write(`${CONNECTION_PLUGINS}\n`);
  if (!options.list && options.host === undefined) {
    throw new JdosError('JDOS_ERR_USAGE', { detail: 'ansible-inventory: expected --list or --host NAME' });
  }
  const { namespace, selector = '', container } = options;
  const targets = await withCluster(options, async (client) => {
    const select = { client, ...(namespace && { namespace }), ...(container && { container }) };
    return [...(await selectTargets('hosts:', select)), ...(await selectTargets(selector || 'all', select))];
  });
  const socket = options.socket ?? join(options.data, 'exec.sock');
  const bad = await withRecords(options, badHostsByCheck);
  const all = ansibleInventory(targets, { socket, program: serverOf(options, socket), bad });
  const { hostvars = {} } = all._meta as { hostvars?: Record<string, object> };
  if (options.host === undefined) return void process.stdout.write(`${JSON.stringify(all, null, 1)}\n`);
  const known = targets.some((target) => inventoryName(target) === options.host);
  process.stdout.write(`${JSON.stringify(known ? hostvars[options.host] : {})}\n`);
}

/** The same program with the same way to the cluster. */
function serverOf({ data, kubeconfig, context }: ClusterOptions, socket: string): string[] {
  const way = [...(kubeconfig ? ['--kubeconfig', kubeconfig] : []), ...(context ? ['--context', context] : [])];
  return [...launcher(), 'ansible-serve', '--data', data, ...way, '--socket', socket, '--idle', '300'];
}

function launcher(): string[] {
  return [process.execPath, ...process.execArgv, ...process.argv.slice(1, 2)];
}
