/** The desk of maintenance for a command. */
import type { Command } from 'commander';
import { MaintenanceDesk } from '../../maintenance/index.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { addOperator, addRecords, type RecordsLocation, withRecords } from '../records.ts';

export function addDesk(command: Command): Command {
  return addOperator(addRecords(addCluster(command)));
}

export function withDesk<T>(
  options: ClusterOptions & RecordsLocation,
  work: (desk: MaintenanceDesk) => Promise<T>,
): Promise<T> {
  return withCluster(options, (client) =>
    withRecords(options, (records) => work(new MaintenanceDesk({ client, records }))),
  );
}
