/** `jdos accounts`: who may sign in to the console, for whoever has the records: the way in when nobody has one. */
import process from 'node:process';
import { type Command, Option } from 'commander';
import { JdosError } from '../../errors/index.ts';
import { openRecords } from '../../records/index.ts';
import { AccountDesk, type AccountView, Problem, ROLES, type Role } from '../../server/index.ts';
import { addConfirm, type ConfirmOptions, confirmed } from '../confirm.ts';
import { addDataDir, type DataDirOptions } from '../data-dir.ts';
import { addOutput, type ListView, type OutputOptions, printList } from '../output.ts';
import { addOperator, addRecords, type OperatorOptions, type RecordsLocation } from '../records.ts';

type Place = DataDirOptions & RecordsLocation;
type Act = Place & OperatorOptions;

const ROWS: ListView<AccountView> = {
  columns: [
    { head: 'NAME', cell: (row) => row.name },
    { head: 'ROLE', cell: (row) => row.role },
    {
      head: 'STATE',
      cell: ({ disabled, mustChange }) => (disabled ? 'disabled' : mustChange ? 'new password due' : 'open'),
    },
    { head: 'CREATED', cell: (row) => new Date(row.createdAt).toISOString() },
  ],
  name: (row) => `account/${row.name}`,
  empty: 'There are no accounts; make one: jdos accounts create NAME --role admin',
};

export function define(command: Command): void {
  addOutput(place(command.command('list').description('list the accounts'))).action(list);
  act(command, 'create', 'make an account; prints its first password, which must be changed at the first sign-in')
    .addOption(roleOption().makeOptionMandatory())
    .action((name: string, options: Act & { readonly role: Role }) =>
      told(
        options,
        async (desk, by) => `account/${name} created; first password: ${await desk.create(name, options.role, by)}`,
      ),
    );
  act(command, 'password', 'give an account a new first password, open it again, and sign it out everywhere').action(
    (name: string, options: Act) =>
      told(options, async (desk, by) => `account/${name}: first password: ${await desk.renewPassword(name, by)}`),
  );
  act(command, 'role', 'give an account another role')
    .addOption(roleOption().makeOptionMandatory())
    .action((name: string, options: Act & { readonly role: Role }) =>
      told(options, async (desk, by) => {
        await desk.change(name, { role: options.role }, by);
        return `account/${name} is ${options.role}`;
      }),
    );
  act(command, 'disable', 'let nobody sign in with it, and sign it out everywhere').action(
    (name: string, options: Act) =>
      told(options, async (desk, by) => {
        await desk.change(name, { disabled: true }, by);
        return `account/${name} disabled`;
      }),
  );
  act(command, 'enable', 'open it again').action((name: string, options: Act) =>
    told(options, async (desk, by) => {
      await desk.change(name, { disabled: false }, by);
      return `account/${name} enabled`;
    }),
  );
  addConfirm(act(command, 'remove', 'remove an account; what it did stays in the audit')).action(remove);
}

async function remove(name: string, options: Act & ConfirmOptions): Promise<void> {
  if (!(await confirmed(`The account ${name} would be removed and signed out everywhere.`, options))) return;
  await told(options, async (desk, by) => {
    await desk.remove(name, by);
    return `account/${name} removed`;
  });
}

function place(command: Command): Command {
  return addRecords(addDataDir(command));
}

function act(command: Command, name: string, text: string): Command {
  return addOperator(place(command.command(name).description(text))).argument('<name>', 'of the account');
}

function roleOption(): Option {
  return new Option('--role <role>', 'what it may do').choices(ROLES);
}

async function list(options: Place & OutputOptions): Promise<void> {
  await withDesk(options, async (desk) => printList(options, await desk.list(), ROWS));
}

function told(options: Act, work: (desk: AccountDesk, by: string) => Promise<string>): Promise<void> {
  return withDesk(options, async (desk) => {
    process.stdout.write(`${await work(desk, options.operator)}\n`);
  });
}

async function withDesk(options: Place, work: (desk: AccountDesk) => Promise<void>): Promise<void> {
  await using records = await openRecords(options.records ?? options.data);
  try {
    await work(new AccountDesk(records));
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    throw new JdosError('JDOS_ERR_ACCOUNT', { detail: sentenceOf(cause), place: records.place }, { cause });
  }
}

function sentenceOf({ code, detail = '', fields = [] }: Problem): string {
  const what = [detail, ...fields.map(({ field, fault }) => `${field} ${fault}`)].filter(Boolean).join(', ');
  if (code === 'conflict') return `${what} is there already, or was changed meanwhile`;
  if (code === 'not-found') return `there is no account ${what}`;
  return what || code;
}
