/** `jdos up`. */
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CHECK_ADDRESSES, parseRanges } from '../check-addresses.ts';
import { addDataDir } from '../data-dir.ts';
import { addOidc, type OidcFlags } from '../oidc.ts';
import { parseSeconds } from '../seconds.ts';
import { parsePort } from './port.ts';

export const ROLES = ['scheduler', 'controllers', 'fleet', 'jdos'] as const;
export type Role = (typeof ROLES)[number];

export interface UpOptions extends OidcFlags {
  readonly data: string;
  /** Default: as many as at the last start on this data directory, else 90. */
  readonly hosts?: number;
  readonly apiPort: number;
  readonly consolePort: number;
  /** Where KubeSQL speaks PostgreSQL's protocol; nowhere without it. */
  readonly sqlPort?: number;
  /** Where KubeSQL writes its tables as Parquet, and every how many seconds. */
  readonly sqlSnapshots?: string;
  readonly sqlSnapshotsEvery: number;
  readonly kubeconfigOut?: string;
  readonly without: readonly Role[];
  /** Nothing is put on the fleet at the first start. */
  readonly plain?: boolean;
  readonly auditPolicy?: string;
  /** Run beside an existing cluster instead of an embedded one. */
  readonly attach?: boolean;
  /** Of the cluster to attach to. Default: $KUBECONFIG, then ~/.kube/config. */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly allowCheckAddresses: readonly string[];
}

export function define(command: Command): void {
  addOidc(addDataDir(command))
    .option('--hosts <n>', 'simulated hosts (default: as at the last start, else 90)', parseHosts)
    .addOption(port('--api-port <port>', 'port of the Kubernetes API', 6443).env('JDOS_API_PORT'))
    .addOption(port('--console-port <port>', 'port of the status page', 8080).env('JDOS_CONSOLE_PORT'))
    .option('--sql-port <port>', 'let clients of PostgreSQL ask KubeSQL on this port', parsePort)
    .option('--sql-snapshots <dir>', 'write the tables of KubeSQL there as Parquet', (dir) => resolve(dir))
    .option('--sql-snapshots-every <duration>', 'how often, e.g. 10m, 1h', parseSeconds, 3600)
    .option('--kubeconfig-out <file>', 'also write the kubeconfig to this file', (file) => resolve(file))
    .option('--without <roles>', `leave roles to others, comma-separated: ${ROLES.join(', ')}`, parseRoles, [])
    .option('--plain', 'an empty fleet: no examples at the first start on a data directory')
    .option(
      '--audit-policy <file>',
      'audit.k8s.io/v1 Policy (default: changes by people and programs, as metadata)',
      (file) => resolve(file),
    )
    .option('--attach', 'run beside an existing cluster, without a control plane and fleet of its own')
    .option('--kubeconfig <file>', 'of the cluster to attach to (default: $KUBECONFIG, then ~/.kube/config)', (file) =>
      resolve(file),
    )
    .option('--context <name>', 'the context in that kubeconfig')
    .option('--allow-check-addresses <ranges>', CHECK_ADDRESSES, parseRanges, [])
    .addHelpText('after', HELP)
    .action(async (options: UpOptions) => (await import('./up.ts')).up(options));
}

const HELP = `
Runs until SIGINT, SIGTERM or \`jdos down\`; a second signal ends it at once. What was created is kept in the data
directory and is there again at the next start. Port 0 takes any free port.

Examples:
  jdos up
  jdos up --hosts 2000
  jdos up --data /tmp/try --api-port 0 --console-port 0
  jdos up --without scheduler      # run a scheduler of your own against it
  jdos up --attach --context prod  # JDOS's components beside an existing cluster`;

const MOST_HOSTS = 100_000;

function parseHosts(text: string): number {
  const hosts = Number(text);
  if (!/^\d+$/.test(text) || hosts > MOST_HOSTS) {
    throw new InvalidArgumentError(`expected a number from 0 to ${MOST_HOSTS}.`);
  }
  return hosts;
}

function parseRoles(text: string): Role[] {
  return text.split(',').map((name) => {
    const role = ROLES.find((known) => known === name.trim());
    if (!role) throw new InvalidArgumentError(`expected ${ROLES.join(', ')}.`);
    return role;
  });
}

function port(flags: string, description: string, value: number): Option {
  return new Option(flags, description).default(value).argParser(parsePort);
}
