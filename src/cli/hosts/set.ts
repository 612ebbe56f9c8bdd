/** `jdos hosts set`. */
import process from 'node:process';
import { Argument, type Command } from 'commander';
import { resolveOne } from '../../maintenance/index.ts';
import { HOST_STATUSES, HostDesk, type HostStatus } from '../../nodes/index.ts';
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
      const { operator: actor, reason, force } = options;
      const desk = new HostDesk({ client, records });
      const { before, after } = await desk.move(host, to, { actor, reason, ...(force && { force }) });
      process.stdout.write(`${host} was ${before.status} and is ${after.status}\n`);
    }),
  );
}
