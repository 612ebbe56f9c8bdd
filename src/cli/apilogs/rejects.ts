/** `jdos apilogs rejects`: the lines that were no events. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Rejected } from '../../apilogs/index.ts';
import { JdosError } from '../../errors/index.ts';
import { addOutput, type ListView, type OutputOptions, printList } from '../output.ts';
import { addStore, type StoreOptions, storeOf } from './store.ts';

interface RejectsOptions extends StoreOptions, OutputOptions {
  readonly limit: number;
}

export function defineRejects(command: Command): void {
  addOutput(addStore(command)).option('--limit <n>', 'so many, the oldest first', Number, 100).action(run);
}

const VIEW: ListView<Rejected> = {
  columns: [
    { head: 'FILE', cell: ({ file }) => file },
    { head: 'LINE', cell: ({ line }) => line },
    { head: 'OFFSET', cell: ({ offset }) => offset },
    { head: 'REASON', cell: ({ reason }) => reason },
    { head: 'TEXT', cell: ({ text }) => (text.length > 60 ? `${text.slice(0, 59)}…` : text) },
  ],
  name: ({ file, line }) => `${file}:${line}`,
  empty: 'Nothing was rejected.',
};

async function run(options: RejectsOptions): Promise<void> {
  const { Ledger, ledgerOf } = await import('../../apilogs/index.ts');
  const dir = storeOf(options);
  if (!existsSync(ledgerOf(dir))) throw new JdosError('JDOS_ERR_APILOGS_EMPTY', { dir });
  using ledger = new Ledger(ledgerOf(dir), { readOnly: true });
  printList(options, ledger.rejects(options.limit), VIEW);
}
