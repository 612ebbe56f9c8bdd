/** Where a command finds the records: the data directory, unless a database is named. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { Option } from 'commander';
import { openRecords, type Records } from '../records/index.ts';

export interface RecordsLocation {
  readonly records?: string;
}

export function addRecords(command: Command): Command {
  const option = new Option(
    '--records <where>',
    'records: a directory or a postgres:// URL (default: the data directory)',
  );
  return command.addOption(option.env('JDOS_RECORDS'));
}

/** Runs `work` with records that are closed afterwards. */
export async function withRecords<T>(
  where: RecordsLocation & { readonly data: string },
  work: (records: Records) => Promise<T>,
): Promise<T> {
  await using records = await openRecords(where.records ?? where.data);
  return await work(records);
}

export interface OperatorOptions {
  readonly operator: string;
}

/** Who asks; it is written down with all that is asked for. */
export function addOperator(command: Command): Command {
  return command.addOption(
    new Option('--operator <name>', 'who asks').env('JDOS_OPERATOR').default(userInfo().username, 'you'),
  );
}
