/** `jdos inspect exempt`: hosts that may fail a check for a while. */
import process from 'node:process';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { JdosError } from '../../errors/index.ts';
import {
  addExemption,
  type Exemption,
  endExemption,
  listExemptions,
  MOST_EXEMPT_DAYS,
  requireExemption,
} from '../../inspection/index.ts';
import { addDataDir, type DataDirOptions } from '../data-dir.ts';
import { addOutput, type ListView, type OutputOptions, printList } from '../output.ts';
import { addOperator, addRecords, type OperatorOptions, type RecordsLocation, withRecords } from '../records.ts';
import { parseNumber } from './options.ts';

type Place = DataDirOptions & RecordsLocation;

interface AddOptions extends Place, OperatorOptions {
  readonly check: string;
  readonly host?: string;
  readonly selector?: string;
  readonly reason: string;
  readonly for: number;
}

const DAY_MS = 86_400_000;

export function defineExempt(command: Command): void {
  const add = (name: string, text: string) => addRecords(addDataDir(command.command(name).description(text)));
  addOperator(add('add', 'let hosts fail a check for a while'))
    .requiredOption('--check <id>', 'which check')
    .option('--host <name>', 'which host')
    .option('-l, --selector <labels>', 'or hosts with these labels')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--for <days>', `for how long, in days, ${MOST_EXEMPT_DAYS} at most; e.g. 14d`, parseDays)
    .action(exempt);
  addOutput(add('list', 'list the exemptions')).option('--all', 'those of the past, too').action(list);
  addOperator(add('end', 'end an exemption: the hosts count again'))
    .addArgument(new Argument('<id>', 'its number').argParser(parseNumber))
    .action(end);
}

function parseDays(text: string): number {
  const days = Number(/^(\d+)d?$/.exec(text)?.[1] ?? Number.NaN);
  if (!(days >= 1 && days <= MOST_EXEMPT_DAYS))
    throw new InvalidArgumentError(`expected days from 1 to ${MOST_EXEMPT_DAYS}, such as 14d.`);
  return days;
}

async function exempt(options: AddOptions): Promise<void> {
  const { check, host, selector, reason, operator } = options;
  const now = Date.now();
  const aim = { ...(host !== undefined && { host }), ...(selector !== undefined && { selector }) };
  requireExemption({ check, ...aim, reason, days: options.for });
  const wish = { check, ...aim, reason, by: operator, createdAt: now, expiresAt: now + options.for * DAY_MS };
  await withRecords(options, async (records) => {
    const made = await addExemption(records, wish);
    process.stdout.write(`exemption/${made.id} added, until ${new Date(made.expiresAt).toISOString()}\n`);
  });
}

function usage(detail: string): JdosError {
  return new JdosError('JDOS_ERR_USAGE', { detail: `exempt: ${detail}` });
}

const EXEMPTIONS: ListView<Exemption> = {
  columns: [
    { head: 'ID', cell: (one) => one.id },
    { head: 'CHECK', cell: (one) => one.check },
    { head: 'HOSTS', cell: (one) => one.host ?? one.selector ?? '' },
    { head: 'UNTIL', cell: (one) => new Date(one.expiresAt).toISOString() },
    { head: 'BY', cell: (one) => one.by },
    { head: 'REASON', cell: (one) => one.reason },
  ],
  name: (one) => `exemption/${one.id}`,
  empty: 'No exemption: every host counts in every check.',
};

async function list(options: Place & OutputOptions & { readonly all?: true }): Promise<void> {
  await withRecords(options, async (records) => {
    printList(options, await listExemptions(records, Date.now(), options.all), EXEMPTIONS);
  });
}

async function end(id: number, options: Place & OperatorOptions): Promise<void> {
  await withRecords(options, async (records) => {
    if (!(await endExemption(records, id, { by: options.operator, now: Date.now() })))
      throw usage(`there is no exemption ${id} in force`);
    process.stdout.write(`exemption/${id} ended\n`);
  });
}
