/** `jdos audit`: who did what, and whether the record of it is whole. */
import process from 'node:process';
import type { Command } from 'commander';
import { JdosError } from '../errors/index.ts';
import { type AuditRow, listAudit, verifyAudit } from '../records/index.ts';
import { addDataDir, type DataDirOptions } from './data-dir.ts';
import { addOutput, type ListView, type OutputOptions, printList, printObject } from './output.ts';
import { Progress } from './progress.ts';
import { addRecords, type RecordsLocation, withRecords } from './records.ts';

type Place = DataDirOptions & RecordsLocation & OutputOptions;

export function define(command: Command): void {
  const add = (name: string, text: string) =>
    addOutput(addRecords(addDataDir(command.command(name).description(text))));
  add('list', 'list what was done, newest first')
    .option('--object <name>', 'only what was done to this, e.g. exemption/3')
    .option('--limit <n>', 'so many', Number, 100)
    .option('--after <key>', 'go on behind the page before')
    .action(list);
  add('verify', 'reckon the chain anew: was a row changed or taken away?')
    .option('--head <hash>', 'a head that was noted before and must still be in the chain')
    .action(verify);
}

const ROWS: ListView<AuditRow> = {
  columns: [
    { head: 'SEQ', cell: (row) => row.seq },
    { head: 'TIME', cell: (row) => new Date(row.at).toISOString() },
    { head: 'ACTOR', cell: (row) => row.actor },
    { head: 'ACTION', cell: (row) => row.action },
    { head: 'OBJECT', cell: (row) => row.object },
  ],
  name: (row) => `audit/${row.seq}`,
  empty: 'Nothing was done yet that is recorded.',
};

interface ListOptions extends Place {
  readonly object?: string;
  readonly limit: number;
  readonly after?: string;
}

async function list(options: ListOptions): Promise<void> {
  await withRecords(options, async (records) => {
    const page = await listAudit(records, options);
    printList(options, page.items, ROWS);
    if (page.next !== undefined) process.stderr.write(`more: --after ${page.next}\n`);
  });
}

async function verify(options: Place & { readonly head?: string }): Promise<void> {
  await withRecords(options, async (records) => {
    const progress = new Progress();
    const onProgress = (done: number, total: number) => progress.bar('rows', done, total);
    const verdict = await verifyAudit(records, { onProgress, ...(options.head && { expected: options.head }) });
    progress.end();
    const { broken, entries, head } = verdict;
    if (broken) throw new JdosError('JDOS_ERR_AUDIT_BROKEN', { place: records.place, ...broken });
    printObject(options, { entries, head });
  });
}
