/** `jdos hosts list` and `jdos hosts show`. */
import type { Command } from 'commander';
import { NODES, type Node } from '../../kube/index.ts';
import { resolveOne } from '../../maintenance/index.ts';
import {
  CORDON_OWNER,
  CPU_MODEL,
  DISK_TYPE,
  HostBook,
  type HostState,
  IMAGE_STATUS,
  NET_STATUS,
  nextStatuses,
  RACK,
  readInventory,
  ZONE,
} from '../../nodes/index.ts';
import { ageOf } from '../age.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { addOutput, type ListView, type OutputOptions, printList, printObject } from '../output.ts';
import { addRecords, type RecordsLocation, withRecords } from '../records.ts';

type Options = ClusterOptions & OutputOptions & RecordsLocation & { readonly selector?: string };

interface HostRow {
  readonly node: Node;
  readonly state: HostState | undefined;
}

const VIEW: ListView<HostRow> = {
  columns: [
    { head: 'NAME', cell: ({ node }) => node.metadata.name },
    {
      head: 'STATUS',
      cell: ({ node, state }) =>
        (state?.status ?? label(node, 'jdos.jd.com/status')) + (state?.pinned ? ' (pinned)' : ''),
    },
    { head: 'SINCE', cell: ({ state }) => (state ? ageOf(new Date(state.since).toISOString()) : '-') },
    { head: 'NET', cell: ({ node }) => label(node, NET_STATUS) },
    { head: 'IMAGES', cell: ({ node }) => label(node, IMAGE_STATUS) },
    { head: 'ZONE', cell: ({ node }) => label(node, ZONE) },
    { head: 'RACK', cell: ({ node }) => label(node, RACK) },
    { head: 'OPERATION', cell: ({ state }) => state?.operation ?? '-' },
    { head: 'REASON', cell: ({ state }) => state?.reason ?? '-' },
  ],
  name: ({ node }) => `node/${node.metadata.name}`,
  data: ({ node, state }) => ({ host: node.metadata.name, labels: node.metadata.labels, ...state }),
  empty: 'There are no hosts.',
};

export function defineList(command: Command): void {
  const list = command.command('list').description('list the hosts with their status');
  addOutput(addRecords(addCluster(list)))
    .option('-l, --selector <labels>', 'only hosts with these labels')
    .action(listHosts);
  const show = command.command('show').description('show one host');
  addOutput(addRecords(addCluster(show)))
    .argument('<host>', 'its name or an address of it')
    .action(showHost);
}

async function listHosts(options: Options): Promise<void> {
  await withCluster(options, (client) =>
    withRecords(options, async (records) => {
      const selector = options.selector ? { labelSelector: options.selector } : {};
      const nodes = await Array.fromAsync(client.listAll(NODES, selector));
      const states = new Map((await new HostBook(records).states()).map((state) => [state.host, state]));
      printList(
        options,
        nodes.map((node) => ({ node, state: states.get(node.metadata.name) })),
        VIEW,
      );
    }),
  );
}

async function showHost(asked: string, options: Options): Promise<void> {
  await withCluster(options, (client) =>
    withRecords(options, async (records) => {
      const { host } = await resolveOne(asked, { client, records });
      const node = await client.get(NODES, host);
      const state = await new HostBook(records).state(host);
      const entry = (await readInventory(records)).get(host);
      const status = state?.status;
      printObject(options, {
        host,
        status: status ?? 'not taken over',
        since: state ? new Date(state.since).toISOString() : '-',
        reason: state?.reason ?? '-',
        'changed by': state?.actor ?? '-',
        pinned: state?.pinned ?? false,
        operation: state?.operation ?? '-',
        'may become': status ? nextStatuses(status).join(', ') || 'nothing' : '-',
        zone: label(node, ZONE),
        rack: label(node, RACK),
        disk: label(node, DISK_TYPE),
        cpu: entry?.cpuModel ?? label(node, CPU_MODEL),
        network: label(node, NET_STATUS),
        images: label(node, IMAGE_STATUS),
        addresses: (node.status?.addresses ?? []).map(({ address }) => address).join(', '),
        'management address': entry?.bmcIp ?? '-',
        'serial number': entry?.serial ?? '-',
        schedulable: !node.spec.unschedulable,
        'cordoned by': node.metadata.annotations?.[CORDON_OWNER] ?? (node.spec.unschedulable ? 'somebody else' : '-'),
      });
    }),
  );
}

function label(node: Node, key: string): string {
  return node.metadata.labels?.[key] ?? '-';
}
