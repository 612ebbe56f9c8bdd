/** Which store of API logs a command is about. */
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { addDataDir, type DataDirOptions } from '../data-dir.ts';

export interface StoreOptions extends DataDirOptions {
  readonly store?: string;
}

export function addStore(command: Command): Command {
  return addDataDir(command).option(
    '--store <dir>',
    'where the logs are kept (default: apilogs in the data directory)',
    (dir) => resolve(dir),
  );
}

export function storeOf({ store, data }: StoreOptions): string {
  return store ?? join(data, 'apilogs');
}
