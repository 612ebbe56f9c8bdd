/** `jdos apilogs tidy`: small files become large ones, old hours go. What would go is shown first. */
import process from 'node:process';
import type { Command } from 'commander';
import type { Importer as ImporterClass, Keep, Removed } from '../../apilogs/index.ts';
import { addConfirm, type ConfirmOptions, confirmed } from '../confirm.ts';
import { addOutput, type OutputOptions, printObject } from '../output.ts';
import { addKeep, type KeepOptions, keepOf } from './keep.ts';
import { addStore, type StoreOptions, storeOf } from './store.ts';

type TidyOptions = StoreOptions & KeepOptions & OutputOptions & ConfirmOptions;

export function defineTidy(command: Command): void {
  addConfirm(addKeep(addOutput(addStore(command)))).action(run);
}

async function run(options: TidyOptions): Promise<void> {
  const { Importer } = await import('../../apilogs/index.ts');
  await using importer = await Importer.open({ dir: storeOf(options) });
  const keep = keepOf(options);
  if (keep && !(await agreed(importer, keep, options))) return;
  const { merged, into, removed } = await importer.tidy({ atLeast: 2, all: true, ...(keep && { keep }) });
  printObject(options, {
    'files merged': merged,
    into,
    'files removed': removed.files,
    'events removed': removed.events,
    'bytes removed': removed.bytes,
  });
}

async function agreed(importer: ImporterClass, keep: Keep, options: ConfirmOptions): Promise<boolean> {
  const { expired, hourOf, removedOf } = await import('../../apilogs/index.ts');
  const old = expired(importer.store.ledger.files(), keep, Date.now());
  if (old.length === 0) {
    process.stderr.write('No hour is old enough to go.\n');
    return true;
  }
  const hours = [...new Set(old.map(({ name }) => hourOf(name)))].map((hour) =>
    hour.replace(/^events\/dt=(.*)\/hour=(.*)/, '$1T$2Z'),
  );
  return confirmed(preview(hours, removedOf(old)), options);
}

function preview(hours: readonly string[], { events, bytes }: Removed): string {
  const span =
    hours.length === 1 ? `the hour ${hours[0]}` : `${hours.length} hours from ${hours[0]} to ${hours.at(-1)}`;
  return `Gone for good: ${span}, ${events.toLocaleString('en-US')} events, ${(bytes / 1e6).toFixed(1)} MB.`;
}
