/** `jdos hosts import`. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { JdosError } from '../../errors/index.ts';
import { INVENTORY_COLUMNS, inventoryFrom, storeInventory } from '../../nodes/index.ts';
import { appendAudit } from '../../records/index.ts';
import { addDataDir, type DataDirOptions } from '../data-dir.ts';
import { parseCsv } from '../fleet/import/csv.ts';
import { addOperator, addRecords, type OperatorOptions, type RecordsLocation, withRecords } from '../records.ts';

type Options = DataDirOptions &
  RecordsLocation &
  OperatorOptions & { readonly command?: string; readonly dryRun?: true };

export function defineImport(command: Command): void {
  addOperator(addRecords(addDataDir(command)))
    .argument('[file]', `CSV with the columns ${Object.keys(INVENTORY_COLUMNS).join(', ')}; host alone must be there`)
    .option('--command <line>', 'take what this command prints instead of a file')
    .option('--dry-run', 'only check it')
    .action(importHosts);
}

async function importHosts(file: string | undefined, options: Options): Promise<void> {
  if ((file === undefined) === (options.command === undefined)) {
    throw new JdosError('JDOS_ERR_USAGE', { detail: 'hosts import: expected a file, or --command' });
  }
  const [text, name] =
    file === undefined ? [await outputOf(options.command!), options.command!] : [readFileSync(file, 'utf8'), file];
  const hosts = inventoryFrom(parseCsv(text, name, ['host']));
  if (!options.dryRun) {
    await withRecords(options, async (records) => {
      const at = Date.now();
      await storeInventory(records, hosts, at);
      const detail = { hosts: hosts.length, from: name };
      await appendAudit(records, { at, actor: options.operator, action: 'hosts.import', object: 'inventory', detail });
    });
  }
  process.stdout.write(
    `${hosts.length} hosts ${options.dryRun ? 'are well written; nothing was changed' : 'are in the inventory'}\n`,
  );
}

const LONGEST_MS = 60_000;
const LARGEST = 64 * 2 ** 20;

async function outputOf(line: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { timeout: LONGEST_MS, maxBuffer: LARGEST });
  return stdout;
}
