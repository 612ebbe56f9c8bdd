/** `jdos fleet hosts`. */
import type { Command } from 'commander';
import { SIMULATED } from '../../fleet/index.ts';
import { NODES, type Node } from '../../kube/index.ts';
import { ageOf } from '../age.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { addOutput, type ListView, type OutputOptions, printList } from '../output.ts';

interface HostsOptions extends ClusterOptions, OutputOptions {
  readonly selector?: string;
}

const HOSTS: ListView<Node> = {
  columns: [
    { head: 'NAME', cell: (node) => node.metadata.name },
    { head: 'STATUS', cell: statusOf },
    { head: 'ZONE', cell: (node) => label(node, 'topology.kubernetes.io/zone', 'jdos.jd.com/zone') },
    { head: 'RACK', cell: (node) => label(node, 'jdos.jd.com/rack') },
    { head: 'CPU MODEL', cell: (node) => label(node, 'jdos.jd.com/cpu.model') },
    { head: 'DISK', cell: (node) => label(node, 'jdos.jd.com/disk.type') },
    { head: 'CPU', cell: (node) => node.status?.capacity?.cpu ?? '-' },
    { head: 'MEMORY', cell: (node) => node.status?.capacity?.memory ?? '-' },
    { head: 'AGE', cell: (node) => ageOf(node.metadata.creationTimestamp) },
  ],
  name: (node) => `node/${node.metadata.name}`,
  empty: 'The fleet has no hosts.',
};

export function defineHosts(command: Command): void {
  addOutput(addCluster(command)).option('-l, --selector <labels>', 'only hosts with these labels').action(listHosts);
}

async function listHosts(options: HostsOptions): Promise<void> {
  const labelSelector = [`${SIMULATED}=true`, options.selector].filter(Boolean).join(',');
  const hosts = await withCluster(options, (client) => Array.fromAsync(client.listAll(NODES, { labelSelector })));
  printList(options, hosts, HOSTS);
}

function statusOf(node: Node): string {
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready')?.status;
  const words = [ready === 'True' ? 'Ready' : ready === undefined ? 'Unknown' : 'NotReady'];
  for (const { type, status } of node.status?.conditions ?? []) {
    if (type !== 'Ready' && status === 'True') words.push(type);
  }
  if (node.spec.unschedulable) words.push('SchedulingDisabled');
  return words.join(',');
}

function label(node: Node, ...names: string[]): string {
  const name = names.find((candidate) => node.metadata.labels?.[candidate] !== undefined);
  return name === undefined ? '-' : node.metadata.labels![name]!;
}
