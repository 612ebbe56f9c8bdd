/**
 * A process that carries out maintenance as JDOS's controllers do, and kills itself with SIGKILL at the so-manyth boundary
 * between two writes. Budgets and mail settings are those of the records.
 */
import process from 'node:process';
import { inspectThrough } from '../src/cli/maintain/inspect.ts';
import { shopThrough } from '../src/cli/maintain/shop.ts';
import { KubeClient, loadKubeconfig, systemClock } from '../src/kube/index.ts';
import { Ledger, runMaintenance, SmtpNotifier } from '../src/maintenance/index.ts';
import { openRecords } from '../src/records/index.ts';

const [kubeconfig, dataDir, boundary] = process.argv.slice(2) as [string, string, string];
const client = new KubeClient(await loadKubeconfig({ path: kubeconfig }));
const records = await openRecords(dataDir);
let left = Number(boundary);
/** A pending timer of the clock keeps no process alive. */
setInterval(() => {}, 1_000);

await runMaintenance({
  client,
  records,
  signal: new AbortController().signal,
  inspect: inspectThrough({ client, records, dataDir }),
  shop: shopThrough(client),
  notifier: new SmtpNotifier({ ledger: new Ledger(records), clock: systemClock }),
  times: { verifyGapMs: 20, tickMs: 20, claimMs: 600 },
  onStep: () => {
    if (left-- === 0) process.kill(process.pid, 'SIGKILL');
  },
  onError: (error) => process.stderr.write(`${error}\n`),
});
