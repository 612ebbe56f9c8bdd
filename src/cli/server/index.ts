/** `jdos server`. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { addOidc, type OidcFlags } from '../oidc.ts';
import { parseSeconds } from '../seconds.ts';
import { parsePort } from '../up/port.ts';

export interface ServerFlags extends OidcFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly records: string;
  readonly host: string;
  readonly port: number;
  readonly healthHost?: string;
  readonly healthPort: number;
  /** Where browsers reach it. */
  readonly url?: string;
  readonly behindProxy?: boolean;
  readonly sqlSnapshots?: string;
  /** Seconds. */
  readonly sqlSnapshotsEvery: number;
}

export function define(command: Command): void {
  addOidc(command)
    .option('--kubeconfig <file>', 'of the cluster (default: $KUBECONFIG, then ~/.kube/config, then the Pod’s own)')
    .option('--context <name>', 'the context in that kubeconfig')
    .option('--cluster <name>', 'what the cluster is called in the console (default: the context, else local)')
    .addOption(
      new Option('--records <where>', 'records: a directory or a postgres:// URL')
        .env('JDOS_RECORDS')
        .makeOptionMandatory(),
    )
    .option('--host <address>', 'where the console is served', '127.0.0.1')
    .option('--port <port>', 'its port; 0 takes any free one', parsePort, 8080)
    .option('--url <url>', 'where browsers reach it, e.g. https://jdos.example.com; needed beyond this machine')
    .option('--behind-proxy', 'a proxy tells the addresses of browsers (X-Forwarded-For)')
    .option('--health-host <address>', 'where /healthz, /readyz and /metrics are served (default: as --host)')
    .option('--health-port <port>', 'their port; 0 takes any free one', parsePort, 10_361)
    .option('--sql-snapshots <dir>', 'write the tables of KubeSQL there as Parquet', (dir) => resolve(dir))
    .option('--sql-snapshots-every <duration>', 'how often, e.g. 10m, 1h', parseSeconds, 3600)
    .action(async (flags: ServerFlags) => (await import('./serve.ts')).serve(flags));
}
