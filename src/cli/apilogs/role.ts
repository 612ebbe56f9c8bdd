/** `jdos apilogs role`: the least rights with which somebody could have done what he did, as manifests. */
import process from 'node:process';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'yaml';
import type { RbacObject, Use } from '../../apilogs/index.ts';
import { JdosError } from '../../errors/index.ts';
import { addPeriod, type PeriodOptions, parametersOf } from './period.ts';
import { addStore, type StoreOptions, storeOf } from './store.ts';

interface RoleOptions extends StoreOptions, Pick<PeriodOptions, 'from' | 'to'> {
  readonly name?: string;
  readonly names: number;
  readonly wholeCluster?: true;
  readonly output: 'yaml' | 'json';
}

export function defineRole(command: Command): void {
  addPeriod(addStore(command), ['from', 'to'])
    .argument('<user>', 'a user name, such as ann or system:serviceaccount:shop:web')
    .option('--name <name>', 'of the roles and bindings (default: made of the user name)')
    .option('--names <n>', 'more names than that become any name', count, 20)
    .option('--whole-cluster', 'what was done alike in several namespaces becomes a right in all')
    .addOption(new Option('-o, --output <format>', 'how to answer').choices(['yaml', 'json']).default('yaml'))
    .action(run);
}

async function run(user: string, options: RoleOptions): Promise<void> {
  const { AuditQuery, rolesFor, usesOf } = await import('../../apilogs/index.ts');
  await using query = await AuditQuery.open(storeOf(options));
  const uses = await usesOf(query, user, parametersOf(options));
  if (uses.length === 0)
    throw new JdosError('JDOS_ERR_USAGE', { detail: `nothing that "${user}" did is in the time asked about` });
  const { names, wholeCluster = false } = options;
  const objects = rolesFor(user, uses, { name: options.name ?? nameFor(user), names, wholeCluster });
  process.stderr.write(`${await summary(query.extent(parametersOf(options)), user, uses, objects)}\n`);
  process.stdout.write(options.output === 'json' ? asList(objects) : asDocuments(objects));
}

function asDocuments(objects: readonly RbacObject[]): string {
  return objects.map((object) => `---\n${stringify(object)}`).join('');
}

function asList(items: readonly RbacObject[]): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
}

async function summary(
  { fromUs, toUs }: { fromUs: number; toUs: number },
  user: string,
  uses: readonly Use[],
  objects: readonly RbacObject[],
): Promise<string> {
  const time = (us: number) => new Date(us / 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const requests = uses.reduce((sum, use) => sum + use.requests, 0).toLocaleString('en-US');
  const seen = `${requests} requests of ${user}, in events from ${time(fromUs)} to ${time(toUs)}`;
  if (objects.length === 0) return `${seen}: nothing beyond what everybody may do who is signed in.`;
  return `${seen}. What is done less often than that is not in it: look it over, and try it before the old rights go.`;
}

/** Names of roles are parts of a path; a colon is a custom of theirs. */
function nameFor(user: string): string {
  return `used:${user
    .replace(/^system:serviceaccount:/, '')
    .replace(/[^A-Za-z0-9:._-]/g, '-')
    .slice(0, 200)}`;
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('expected a number from 0.');
  return number;
}
