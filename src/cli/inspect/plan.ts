/** `jdos inspect plan`: inspection by the clock. `jdos up` and `jdos controllers` carry plans out. */
import process from 'node:process';
import { type Command, Option } from 'commander';
import { JdosError } from '../../errors/index.ts';
import {
  dueAfter,
  findPlan,
  listPlans,
  type Plan,
  type PlanSpec,
  removePlan,
  savePlan,
  TIMEOUT_SECONDS,
  TIMEZONE,
} from '../../inspection/index.ts';
import { addDataDir, type DataDirOptions } from '../data-dir.ts';
import { addOutput, type ListView, type OutputOptions, printList } from '../output.ts';
import { addOperator, addRecords, type OperatorOptions, type RecordsLocation, withRecords } from '../records.ts';
import { parseSeconds } from '../seconds.ts';
import { names, parseNumber } from './options.ts';

type Place = DataDirOptions & RecordsLocation;

interface AddOptions extends Place, OperatorOptions {
  readonly schedule: string;
  readonly timezone: string;
  readonly selector?: string;
  readonly host?: readonly string[];
  readonly check?: readonly string[];
  readonly by?: string;
  readonly timeout: number;
  readonly keep: number;
  readonly mail?: true;
}

export function definePlan(command: Command): void {
  const add = (name: string, text: string) => addRecords(addDataDir(command.command(name).description(text)));
  addOperator(add('add <name>', 'make a plan, or change the one of that name'))
    .requiredOption('--schedule <cron>', 'when, e.g. "0 8 * * *"')
    .option('--timezone <zone>', 'of the schedule', TIMEZONE)
    .option('-l, --selector <labels>', 'only hosts with these labels')
    .option('--host <names>', 'only these hosts, comma-separated', names)
    .option('--check <ids>', 'only these checks, comma-separated', names)
    .addOption(new Option('--by <way>', 'the way to the hosts').choices(['auto', 'exec', 'node']))
    .option('--timeout <duration>', 'for a whole run', parseSeconds, TIMEOUT_SECONDS)
    .option('--keep <runs>', 'runs to keep', parseNumber, 90)
    .option('--mail', 'mail the brief of each run to those of `jdos maintain mail-settings --to`')
    .action(addPlan);
  addOutput(add('list', 'list the plans')).action(list);
  addOperator(add('suspend <name>', 'let it rest')).action((name: string, o: Place & OperatorOptions) =>
    suspend(name, o, true),
  );
  addOperator(add('resume <name>', 'let it go on')).action((name: string, o: Place & OperatorOptions) =>
    suspend(name, o, false),
  );
  addOperator(add('remove <name>', 'remove it; its runs stay')).action(remove);
}

async function addPlan(name: string, options: AddOptions): Promise<void> {
  const { schedule, timezone, selector, host, check, by, timeout, keep, mail } = options;
  const spec: PlanSpec = {
    schedule,
    timezone,
    timeoutSeconds: timeout,
    keep,
    ...(selector !== undefined && { selector }),
    ...(host && { hosts: host }),
    ...(check && { checks: check }),
    ...(by && by !== 'auto' && { way: by }),
    ...(mail && { mail }),
  };
  await withRecords(options, async (records) => {
    const plan = await savePlan(records, name, spec, { by: options.operator, now: Date.now() });
    process.stdout.write(`plan/${name} saved; next run ${nextOf(plan)}\n`);
  });
}

const PLANS: ListView<Plan> = {
  columns: [
    { head: 'NAME', cell: (plan) => plan.name },
    { head: 'SCHEDULE', cell: (plan) => plan.spec.schedule },
    { head: 'TIMEZONE', cell: (plan) => plan.spec.timezone ?? TIMEZONE },
    { head: 'HOSTS', cell: (plan) => plan.spec.selector ?? plan.spec.hosts?.join(',') ?? 'all' },
    { head: 'MAIL', cell: (plan) => (plan.spec.mail ? 'yes' : '-') },
    { head: 'STATE', cell: (plan) => (plan.spec.suspended ? 'suspended' : 'active') },
    { head: 'NEXT', cell: nextOf },
  ],
  name: (plan) => `plan/${plan.name}`,
  empty: 'No plan: make one with `jdos inspect plan add`.',
};

function nextOf({ spec }: Plan): string {
  const next = spec.suspended ? undefined : dueAfter(spec, Date.now());
  return next === undefined ? '-' : new Date(next).toISOString();
}

async function list(options: Place & OutputOptions): Promise<void> {
  await withRecords(options, async (records) => printList(options, await listPlans(records), PLANS));
}

async function suspend(name: string, options: Place & OperatorOptions, suspended: boolean): Promise<void> {
  await withRecords(options, async (records) => {
    const plan = await findPlan(records, name);
    if (!plan) throw missing(name);
    await savePlan(records, name, { ...plan.spec, suspended }, { by: options.operator, now: Date.now() });
    process.stdout.write(`plan/${name} ${suspended ? 'suspended' : 'resumed'}\n`);
  });
}

async function remove(name: string, options: Place & OperatorOptions): Promise<void> {
  await withRecords(options, async (records) => {
    if (!(await removePlan(records, name, { by: options.operator, now: Date.now() }))) throw missing(name);
    process.stdout.write(`plan/${name} removed; its runs stay\n`);
  });
}

function missing(name: string): JdosError {
  return new JdosError('JDOS_ERR_USAGE', {
    detail: `there is no plan ${name}; \`jdos inspect plan list\` shows those there are`,
  });
}
