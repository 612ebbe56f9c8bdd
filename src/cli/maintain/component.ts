/** What `jdos up` and `jdos controllers` run for hosts: verdicts on them, their lives, and the maintenance that people ask for. */
import { join } from 'node:path';
import process from 'node:process';
import { EventRecorder, NODES } from '../../kube/index.ts';
import { Ledger, rememberAddresses, runMaintenance, SmtpNotifier } from '../../maintenance/index.ts';
import {
  type HostVerdicts,
  MEANINGS,
  type NodeLifecycle,
  probesThrough,
  startDisruption,
  startNodeLifecycle,
  userByAuditLog,
  watchHosts,
} from '../../nodes/index.ts';
import { openRecords, type Records } from '../../records/index.ts';
import type { ComponentContext } from '../components.ts';
import { inspectThrough } from './inspect.ts';
import { powerThrough } from './power.ts';
import { shopThrough } from './shop.ts';

export async function startHosts(context: ComponentContext): Promise<void> {
  const { client, signal, clock, onError } = context;
  if (!context.records) return startDisruption(context);
  const records = await openRecords(context.records);
  const verdicts = await startLives(context, records);
  await startDisruption(context, { peers: (host) => downSince(verdicts, host) });
  const running = runMaintenance({
    client,
    records,
    signal,
    clock,
    inspect: inspectThrough({ client, records, dataDir: context.dataDir }),
    shop: shopThrough(client),
    ...(process.env.JDOS_POWER_COMMAND && { power: powerThrough(records, process.env.JDOS_POWER_COMMAND) }),
    notifier: new SmtpNotifier({ ledger: new Ledger(records, clock), clock, password: process.env.JDOS_SMTP_PASSWORD }),
    onError: (error, id) => onError?.('maintenance', id, error),
  });
  const close = () => records.close();
  void running.then(close, close);
}

async function startLives(context: ComponentContext, records: Records): Promise<HostVerdicts> {
  const { client, signal, clock, onError, dataDir } = context;
  const auditLog = process.env.JDOS_AUDIT_LOG ?? (dataDir && join(dataDir, 'audit.log'));
  let lives: NodeLifecycle | undefined;
  const verdicts: HostVerdicts = await watchHosts({
    client,
    records,
    signal,
    clock,
    probes: probesThrough(client),
    onVerdict: (host) => lives?.look(host),
    onError: (error) => onError?.('verdicts', '', error),
  });
  lives = await startNodeLifecycle({
    client,
    records,
    signal,
    clock,
    doubt: (host) => doubtOf(verdicts, host),
    frozen: () => verdicts.blind(),
    onFreeze: tellFreeze(context),
    ...(auditLog && { userOf: userByAuditLog(auditLog, clock) }),
    onError: (error, host) => onError?.('hosts', host, error),
  });
  await rememberAddresses(records, await Array.fromAsync(client.listAll(NODES)), clock.now());
  return verdicts;
}

/** An Event for whoever watches over the cluster; it concerns no host in particular, so it is about JDOS's own namespace. */
function tellFreeze({ client, clock, onError }: ComponentContext): (reason: string | undefined) => void {
  const recorder = new EventRecorder(client, 'jdos-hosts', {
    clock,
    onError: (error) => onError?.('hosts', '', error),
  });
  const metadata = { name: 'jdos-system', uid: '', resourceVersion: '', creationTimestamp: '' };
  const place = { apiVersion: 'v1', kind: 'Namespace', metadata };
  return (reason) => {
    if (reason === undefined)
      recorder.event(place, 'Normal', 'HostsResumed', 'statuses of hosts change by themselves again');
    else recorder.event(place, 'Warning', 'HostsFrozen', `no status of a host changes by itself: ${reason}`);
  };
}

/** Its peers and others find it dead, not its Lease alone; a blind watcher says so of nobody. */
function downSince(verdicts: HostVerdicts, host: string): number | undefined {
  const verdict = verdicts.of(host);
  return verdict?.verdict === 'NodeDown' ? verdict.since : undefined;
}

function doubtOf(verdicts: HostVerdicts, host: string): string | undefined {
  const verdict = verdicts.of(host)?.verdict;
  return verdict === undefined || verdict === 'Ready' ? undefined : `${verdict}: ${MEANINGS[verdict]}`;
}
