/** `jdos maintain list`, `show` and `log`. */
import process from 'node:process';
import type { Command } from 'commander';
import { Ledger, mailsOf, type Operation } from '../../maintenance/index.ts';
import { ageOf } from '../age.ts';
import { addDataDir, type DataDirOptions } from '../data-dir.ts';
import { addOutput, type ListView, type OutputOptions, printList, printObject } from '../output.ts';
import { addRecords, type RecordsLocation, withRecords } from '../records.ts';
import { formatTable } from '../table.ts';
import { follow, lineText } from './follow.ts';

type Options = DataDirOptions & OutputOptions & RecordsLocation;

const VIEW: ListView<Operation> = {
  columns: [
    { head: 'ID', cell: ({ id }) => id },
    { head: 'HOST', cell: ({ host }) => host },
    { head: 'STATE', cell: ({ state }) => state },
    { head: 'STEP', cell: ({ step }) => step },
    { head: 'REPAIR', cell: ({ repair }) => repair ?? 'by hand' },
    { head: 'BY', cell: ({ requestedBy }) => requestedBy },
    { head: 'AGE', cell: ({ createdAt }) => ageOf(new Date(createdAt).toISOString()) },
    { head: 'REASON', cell: ({ reason }) => reason },
  ],
  name: ({ id }) => `maintenance/${id}`,
  empty: 'There were no operations yet.',
};

export function defineList(command: Command): void {
  addOutput(addRecords(addDataDir(command.command('list').description('list operations, the newest first'))))
    .option('--host <name>', 'only of this host')
    .option('--open', 'only those that are not over')
    .option('--limit <n>', 'so many', '50')
    .action(list);
  addOutput(addRecords(addDataDir(command.command('show').description('the record of an operation'))))
    .argument('<id>')
    .action(show);
  addRecords(addDataDir(command.command('log').description('every line that an operation has written')))
    .argument('<id>')
    .option('-f, --follow', 'go on until it ends')
    .action(log);
}

async function list(options: Options & { host?: string; open?: true; limit: string }): Promise<void> {
  const states = ['awaiting-approval', 'running', 'blocked', 'aborting'] as const;
  const query = {
    limit: Number(options.limit),
    ...(options.host && { host: options.host }),
    ...(options.open && { states }),
  };
  printList(options, (await withRecords(options, (records) => new Ledger(records).list(query))).items, VIEW);
}

/** Who, when, why, each step, the mails, what was found before and after, and how long it took. */
async function show(id: string, options: Options): Promise<void> {
  await withRecords(options, async (records) => {
    const ledger = new Ledger(records);
    const operation = await ledger.get(id);
    if (options.output) return printObject(options, { ...operation });
    const { requestedBy, approvedBy, startedAt, endedAt, before, findings } = operation;
    printObject(options, {
      id,
      host: operation.host,
      state: operation.state,
      reason: operation.reason,
      kind: operation.kind,
      repair: operation.repair ?? 'by hand',
      'asked for by': requestedBy,
      'approved by': approvedBy ?? (operation.approvals.length > 0 ? 'nobody yet' : 'needed nobody'),
      'found before': before?.join('; ') || '-',
      'found last': findings?.join('; ') || '-',
      took: startedAt && endedAt ? `${Math.round((endedAt - startedAt) / 1000)} s` : '-',
      result: operation.result ?? operation.blockade?.reason ?? '-',
      choices: operation.blockade?.choices.join(', ') ?? '-',
    });
    process.stdout.write(`\n${stepTable(operation)}`);
    for (const { kind, state, recipients } of await mailsOf(ledger, id))
      process.stdout.write(`${kind} mail ${state}: ${recipients}\n`);
  });
}

function stepTable({ steps }: Operation): string {
  return formatTable(
    [
      { head: 'STEP', cell: ({ step }) => step },
      { head: 'BEGAN', cell: ({ startedAt }) => new Date(startedAt).toISOString() },
      {
        head: 'TOOK',
        cell: ({ startedAt, endedAt }) =>
          endedAt === undefined ? '…' : `${((endedAt - startedAt) / 1000).toFixed(1)} s`,
      },
      { head: 'OUTCOME', cell: ({ outcome }) => outcome ?? 'under way' },
      { head: 'DETAIL', cell: ({ detail }) => detail ?? '-' },
    ],
    steps,
  );
}

async function log(id: string, options: Options & { follow?: true }): Promise<void> {
  await withRecords(options, async (records) => {
    const ledger = new Ledger(records);
    await ledger.get(id);
    if (options.follow) return void (await follow(ledger, id));
    for (const line of await ledger.logOf(id)) process.stdout.write(`${lineText(line)}\n`);
  });
}
