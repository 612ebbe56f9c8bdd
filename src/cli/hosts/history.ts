/** `jdos hosts history`. */
import type { Command } from 'commander';
import { resolveOne } from '../../maintenance/index.ts';
import { HostBook, type HostTransition } from '../../nodes/index.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { addOutput, type ListView, type OutputOptions, printList } from '../output.ts';
import { addRecords, type RecordsLocation, withRecords } from '../records.ts';

type Options = ClusterOptions & OutputOptions & RecordsLocation & { readonly limit: string };

const VIEW: ListView<HostTransition> = {
  columns: [
    { head: 'TIME', cell: ({ at }) => new Date(at).toISOString() },
    { head: 'FROM', cell: ({ from }) => from ?? '-' },
    { head: 'TO', cell: ({ to }) => to },
    { head: 'BY', cell: ({ actor }) => actor },
    { head: 'OPERATION', cell: ({ operation }) => operation ?? '-' },
    { head: 'REASON', cell: ({ reason }) => reason },
  ],
  name: ({ id }) => String(id),
  empty: 'Nothing has happened to it yet.',
};

export function defineHistory(command: Command): void {
  addOutput(addRecords(addCluster(command)))
    .argument('<host>', 'its name or an address of it')
    .option('--limit <n>', 'so many, the newest first', '50')
    .action(history);
}

async function history(asked: string, options: Options): Promise<void> {
  await withCluster(options, (client) =>
    withRecords(options, async (records) => {
      const { host } = await resolveOne(asked, { client, records });
      const page = await new HostBook(records).history(host, { limit: Number(options.limit) });
      printList(options, page.items, VIEW);
    }),
  );
}
