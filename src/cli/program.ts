/** The tree of commands. Each module is imported only when its command is asked for, which keeps `jdos version` quick. */
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { type ErrorCode, JdosError } from '../errors/index.ts';
import { StatusError } from '../kube/index.ts';
import { EXIT, type ExitCode } from './exit.ts';

/** What a command's module exports: adds options, subcommands and the action to the command it is given. */
export type Define = (command: Command) => void;

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ define: Define }>;
}

export const COMMANDS: readonly Entry[] = [
  {
    name: 'up',
    summary: 'start a control plane and a simulated fleet on this machine',
    load: () => import('./up/index.ts'),
  },
  { name: 'down', summary: 'stop what `jdos up` started', load: () => import('./down.ts') },
  { name: 'status', summary: 'show whether JDOS runs, and how its parts fare', load: () => import('./status.ts') },
  {
    name: 'fleet',
    summary: 'look at the simulated hosts, break them, load hosts and Pods from files',
    load: () => import('./fleet/index.ts'),
  },
  { name: 'group', summary: 'look at Groups, roll them back, restart them', load: () => import('./group/index.ts') },
  {
    name: 'release',
    summary: 'release a Group step by step, watch it and steer it',
    load: () => import('./release/index.ts'),
  },
  {
    name: 'install',
    summary: 'put the resource types of JDOS on an existing cluster',
    load: () => import('./install.ts'),
  },
  {
    name: 'controllers',
    summary: 'run the controllers of JDOS for an existing cluster',
    load: () => import('./controllers.ts'),
  },
  { name: 'server', summary: 'serve the console for an existing cluster', load: () => import('./server/index.ts') },
  { name: 'accounts', summary: 'who may sign in to the console', load: () => import('./accounts/index.ts') },
  {
    name: 'node-agent',
    summary: 'give the Pods of one node the addresses of their claims',
    load: () => import('./node-agent.ts'),
  },
  {
    name: 'sql',
    summary: 'ask the cluster anything in SQL',
    load: () => import('./sql/index.ts'),
  },
  {
    name: 'apilogs',
    summary: 'who uses the API servers, how, and how slowly: audit logs taken in and reported on',
    load: () => import('./apilogs/index.ts'),
  },
  {
    name: 'hosts',
    summary: 'what hosts there are, the life of each, and the inventory',
    load: () => import('./hosts/index.ts'),
  },
  { name: 'diagnose', summary: 'what may be the matter with a host', load: () => import('./maintain/diagnose.ts') },
  {
    name: 'maintain',
    summary: 'empty a host, have it repaired, verify it and give it back',
    load: () => import('./maintain/index.ts'),
  },
  { name: 'exec', summary: 'run a command on many Pods or hosts', load: () => import('./exec/index.ts') },
  {
    name: 'batch',
    summary: 'commands on many targets that are or were under way: look, pause, go on, cancel',
    load: () => import('./batch/index.ts'),
  },
  {
    name: 'ansible-inventory',
    summary: 'hosts and Pods as an inventory for Ansible',
    load: () => import('./ansible/inventory.ts'),
  },
  {
    name: 'ansible-serve',
    summary: 'run commands in Pods for Ansible, over a unix socket',
    load: () => import('./ansible/serve.ts'),
  },
  {
    name: 'inspect',
    summary: 'inspect hosts by twenty checks, now or by the clock, and show the brief',
    load: () => import('./inspect/index.ts'),
  },
  {
    name: 'audit',
    summary: 'who did what, and whether the record of it is whole',
    load: () => import('./audit.ts'),
  },
  { name: 'version', summary: 'print the versions of JDOS, Node.js and the API', load: () => import('./version.ts') },
  { name: 'completion', summary: 'print a completion script for a shell', load: () => import('./completion.ts') },
];

/** Runs one command line and answers its exit code; writes to stdout and stderr only. */
export async function runCli(args: readonly string[]): Promise<number> {
  try {
    await (await programFor(args)).parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    return report(error);
  }
}

/** The whole tree's names, with the one command that `args` mention filled in; `all` fills in every one. */
export async function programFor(args: readonly string[], all = false): Promise<Command> {
  const program = new Command('jdos')
    .description('The operating system of a data centre that runs on Kubernetes.')
    .version((await import('./version.ts')).VERSION, '-V, --version', 'print the version')
    // A command may have options of the same names as what belongs to it: each is of the one that it stands behind.
    .enablePositionalOptions()
    .showHelpAfterError('Run the command with --help to see what it takes.')
    .exitOverride();
  const asked = args.filter((arg) => !arg.startsWith('-')).slice(0, 2);
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).description(summary);
    if (all || asked.includes(name)) (await load()).define(command);
  }
  return program;
}

const CODES: Partial<Record<ErrorCode, ExitCode>> = {
  JDOS_ERR_USAGE: EXIT.usage,
  JDOS_ERR_NOT_RUNNING: EXIT.notRunning,
  JDOS_ERR_TIMEOUT: EXIT.timeout,
  JDOS_ERR_INSPECT_RUN: EXIT.notFound,
  JDOS_ERR_INSPECT_NO_HOST: EXIT.notFound,
};

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  process.stderr.write(`${message(error)}\n`);
  if (error instanceof JdosError) return CODES[error.code] ?? EXIT.failed;
  return error instanceof StatusError && error.reason === 'NotFound' ? EXIT.notFound : EXIT.failed;
}

/** People get the sentence; a fault of the program itself also gets its stack, and whoever sets JDOS_DEBUG gets all. */
function message(error: unknown): string {
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  const code = error instanceof JdosError ? ` (${error.code})` : '';
  const text = `error: ${error.message}${code}`;
  const fault = error instanceof TypeError || error instanceof ReferenceError;
  return fault || process.env.JDOS_DEBUG ? `${text}\n${error.stack}` : text;
}
