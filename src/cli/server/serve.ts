/**
 * The console for a cluster of its own: the live tables, the HTTP API and the pages in one process. Replicas need not know
 * of each other: accounts, sessions and all that is asked for are in the records.
 */
import { isIP } from 'node:net';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { JdosError } from '../../errors/index.ts';
import { type ClusterTarget, KubeClient, loadKubeconfig, systemClock } from '../../kube/index.ts';
import { openRecords, type Records } from '../../records/index.ts';
import { hasAccounts } from '../../server/index.ts';
import { KubeSql, Rights } from '../../sql/index.ts';
import { serveHealth } from '../health-server.ts';
import { oidcOf } from '../oidc.ts';
import { ownTables } from '../up/own-tables.ts';
import { claimPort } from '../up/port.ts';
import { stopSignal } from '../up/stop-signal.ts';
import { type ConsoleWeb, consoleFace } from './console-face.ts';
import type { ServerFlags } from './index.ts';

const log = pino({ base: { part: 'server' }, timestamp: pino.stdTimeFunctions.isoTime });

export async function serve(flags: ServerFlags): Promise<void> {
  const { host, port, healthHost = host, healthPort, kubeconfig, context } = flags;
  const web = webOf(flags);
  const target = await loadKubeconfig({ ...(kubeconfig && { path: kubeconfig }), ...(context && { context }) });
  const signal = stopSignal();
  const metrics = new Registry();
  const at = await claimPort(port, '--port', host);
  let ready = false;
  const state = () => ({ ready, state: ready ? 'serves' : 'not ready' });
  const health = await serveHealth(
    await claimPort(healthPort, '--health-port', healthHost),
    healthHost,
    metrics,
    state,
  );
  try {
    await using records = await openRecords(flags.records, { onError: (err) => log.warn({ err }, 'records') });
    await adviseFirst(records, flags);
    const sql = await startTables(flags, target, records);
    const client = new KubeClient(target, { userAgent: 'jdos-server' });
    const rights = new Rights(client, () => sql.kinds(), systemClock);
    const onError = (err: unknown, where: string) => log.error({ err, where }, 'the console failed');
    const app = await consoleFace({ service: { sql, rights }, target, records, signal, onError, metrics, ...web });
    await app.listen({ host, port: at });
    ready = true;
    const url = flags.url ?? `http://${host}:${at}/`;
    log.info({ server: target.server, url, health: `http://${healthHost}:${health.port}/readyz` }, 'serves');
    await aborted(signal);
    // Who asks from now on goes to another replica; who has asked is answered.
    ready = false;
    await app.close();
    await sql.stop();
    await client.close();
  } finally {
    await health.close();
  }
}

function startTables(flags: ServerFlags, target: ClusterTarget, records: Records) {
  const { cluster, kubeconfig, context, sqlSnapshots: directory, sqlSnapshotsEvery } = flags;
  const name = cluster ?? context ?? target.context ?? 'local';
  return KubeSql.start({
    own: ownTables(records),
    clusters: [{ name, ...(kubeconfig && { kubeconfig }), ...(context && { context }) }],
    ...(directory && { snapshots: { directory, everyMs: sqlSnapshotsEvery * 1000 } }),
    onTrouble: (text) => log.warn(text),
  });
}

/** @throws JdosError JDOS_ERR_USAGE when passwords would travel in the clear */
function webOf(flags: ServerFlags): ConsoleWeb {
  const { url, host, behindProxy = false } = flags;
  if (url === undefined) {
    if (isLoopback(host)) return { behindProxy, ...oidcPart(flags, `http://${host}:${flags.port}`) };
    throw usage('--url', 'where browsers reach the console, as it is served beyond this machine', 'nothing');
  }
  if (!URL.canParse(url)) throw usage('--url', 'an URL', url);
  const { protocol, hostname } = new URL(url);
  const name = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'https:' && !isLoopback(name))
    throw usage('--url', 'https://, or else passwords and sessions travel in the clear', url);
  return { behindProxy, secure: protocol === 'https:', hosts: [name], ...oidcPart(flags, url) };
}

function oidcPart(flags: ServerFlags, url: string): Pick<ConsoleWeb, 'oidc'> {
  const oidc = oidcOf(flags, url);
  return oidc ? { oidc } : {};
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Nobody's password is ever written to a log, which others read. */
async function adviseFirst(records: Records, { oidcIssuer }: ServerFlags): Promise<void> {
  if (oidcIssuer || (await hasAccounts(records))) return;
  log.warn('there is no account yet; make the first: jdos accounts create admin --role admin --records WHERE');
}

function usage(flag: string, expected: string, found: string): JdosError {
  return new JdosError('JDOS_ERR_USAGE', { detail: `${flag}: expected ${expected}, found ${found}` });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
