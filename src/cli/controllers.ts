/** `jdos controllers`. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import process from 'node:process';
import { type Command, Option } from 'commander';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { JdosError } from '../errors/index.ts';
import { KubeClient, loadKubeconfig } from '../kube/index.ts';
import { loadKinds } from '../resources/index.ts';
import { CHECK_ADDRESSES, parseRanges } from './check-addresses.ts';
import { runComponents } from './components.ts';
import { serveHealth } from './health-server.ts';
import { claimPort, parsePort } from './up/port.ts';
import { stopSignal } from './up/stop-signal.ts';

interface ControllersOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly host: string;
  readonly port: number;
  readonly records?: string;
  readonly allowCheckAddresses: readonly string[];
}

export function define(command: Command): void {
  command
    .option('--kubeconfig <file>', 'of the cluster (default: $KUBECONFIG, then ~/.kube/config, then the Pod’s own)')
    .option('--context <name>', 'the context in that kubeconfig')
    .option('--host <address>', 'where /healthz and /metrics are served', '127.0.0.1')
    .addOption(new Option('--records <where>', 'records: a directory or a postgres:// URL').env('JDOS_RECORDS'))
    .option('--port <port>', 'their port; 0 takes any free one', parsePort, 10_360)
    .option('--allow-check-addresses <ranges>', CHECK_ADDRESSES, parseRanges, [])
    .action(controllers);
}

async function controllers(options: ControllersOptions): Promise<void> {
  const { kubeconfig, context, host, port, records, allowCheckAddresses } = options;
  const target = await loadKubeconfig({ ...(kubeconfig && { path: kubeconfig }), ...(context && { context }) });
  const signal = stopSignal();
  const metrics = new Registry();
  const client = new KubeClient(target, { userAgent: 'jdos-controllers', metrics });
  const log = pino({ base: { part: 'controllers' }, timestamp: pino.stdTimeFunctions.isoTime });
  let leads = false;
  await refuseWithoutKinds(client, target.server);
  // A replica that waits for its turn is as well as the one that leads.
  const state = () => ({ ready: true, state: leads ? 'leads' : 'stands by' });
  const health = await serveHealth(await claimPort(port, '--port', host), host, metrics, state);
  log.info({ server: target.server, health: `http://${host}:${health.port}/healthz` }, 'stands for election');
  try {
    await runComponents({
      client,
      signal,
      metrics,
      ...(records && { records }),
      allowCheckAddresses,
      identity: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
      onError: (component, key, err) => log.warn({ component, key, err }, 'will be tried again'),
      onLeading: (now) => {
        leads = now;
        log.info({ leads }, leads ? 'leads' : 'leads no more');
      },
    });
  } finally {
    await health.close();
    await client.close();
  }
}

/** Without the resource types the controllers would wait for ever. */
async function refuseWithoutKinds(client: KubeClient, server: string): Promise<void> {
  const { KINDS } = await loadKinds();
  const paths = new Set(KINDS.map(({ type }) => `/apis/${type.group}/${type.version}`));
  for (const path of paths) {
    const { status } = await client.request('GET', path);
    if (status === 404) throw new JdosError('JDOS_ERR_NOT_INSTALLED', { server, path });
  }
}
