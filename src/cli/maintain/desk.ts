/** The desk of maintenance, one for the commands and the console. */
import type { Command } from 'commander';
import { MaintenanceDesk } from '../../maintenance/index.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { addOperator, addRecords, type RecordsLocation, withRecords } from '../records.ts';
import type { HostTools } from './inspect.ts';

export function addDesk(command: Command): Command {
  return addOperator(addRecords(addCluster(command)));
}

/** What works on hosts: the cluster, the records, and where the site's settings are. Closed afterwards. */
export function withHostTools<T>(
  options: ClusterOptions & RecordsLocation,
  work: (tools: HostTools) => Promise<T>,
): Promise<T> {
  return withCluster(options, (client) =>
    withRecords(options, (records) => work({ client, records, dataDir: options.data })),
  );
}

export function maintenanceDesk({ client, records }: Pick<HostTools, 'client' | 'records'>): MaintenanceDesk {
  return new MaintenanceDesk({ client, records });
}

export function withDesk<T>(
  options: ClusterOptions & RecordsLocation,
  work: (desk: MaintenanceDesk, tools: HostTools) => Promise<T>,
): Promise<T> {
  return withHostTools(options, (tools) => work(maintenanceDesk(tools), tools));
}
