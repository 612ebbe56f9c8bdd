/** `jdos hosts set`. */
import process from 'node:process';
import { Argument, type Command } from 'commander';
import { JdosError } from '../../errors/index.ts';
import { NODES, PODS } from '../../kube/index.ts';
import { resolveOne } from '../../maintenance/index.ts';
import { applyHost, HOST_STATUSES, HostBook, type HostStatus, isHostStatus, readInventory } from '../../nodes/index.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { addOperator, addRecords, type OperatorOptions, type RecordsLocation, withRecords } from '../records.ts';

type Options = ClusterOptions & RecordsLocation & OperatorOptions & { readonly reason: string; readonly force?: true };

export function defineSet(command: Command): void {
  addOperator(addRecords(addCluster(command)))
    .argument('<host>', 'its name or an address of it')
    .addArgument(new Argument('<status>', 'what it is to be').choices(HOST_STATUSES))
    .requiredOption('--reason <text>', 'why; written down with your name')
    .option('--force', 'though what the status needs is not there; the table of statuses holds all the same')
    .action(setHost);
}

async function setHost(asked: string, to: HostStatus, options: Options): Promise<void> {
  await withCluster(options, (client) =>
    withRecords(options, async (records) => {
      const { host } = await resolveOne(asked, { client, records });
      const book = new HostBook(records);
      const node = await client.get(NODES, host);
      const label = node.metadata.labels?.['jdos.jd.com/status'];
      const known = await book.state(host);
      if (known?.operation)
        throw new JdosError('JDOS_ERR_MAINTENANCE_REFUSED', { host, reason: `operation ${known.operation} holds it` });
      const start = isHostStatus(label) ? label : 'registered';
      const state = known ?? (await book.adopt(host, start, options.operator, 'taken over by hand'));
      const pods = await Array.fromAsync(client.listAll(PODS, { fieldSelector: `spec.nodeName=${host}` }));
      const own = pods.filter(
        ({ metadata }) => !metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet' || kind === 'Node'),
      );
      const labels = { ...node.metadata.labels };
      const facts = { host, labels, sinceMs: Date.now() - state.since, pods: own.length, findings: undefined };
      const change = { to, actor: options.operator, reason: options.reason, ...(options.force && { force: true }) };
      const after = await book.change(state, change, facts);
      await applyHost(host, { client, book, inventory: (await readInventory(records)).get(host) });
      process.stdout.write(`${host} was ${state.status} and is ${after.status}\n`);
    }),
  );
}
