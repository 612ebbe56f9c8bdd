/**
 * Inspection of simulated hosts over the API of an embedded plane: the plane and the fleet are processes of their own, as
 * their threads are in `jdos up`. A run counts from the list of hosts to the brief, with judging and records.
 *
 * Run: node bench/inspection.ts [--hosts 10000] [--runs 20]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type KubeletAddress, startControlPlane } from '../src/controlplane/index.ts';
import { ensureHosts, makeHosts, startFleet } from '../src/fleet/index.ts';
import {
  type Brief,
  briefOf,
  clusterScope,
  createRun,
  findRun,
  judge,
  NO_SETTINGS,
  parseFacts,
  reachOf,
  work,
} from '../src/inspection/index.ts';
import { KubeClient, loadKubeconfig } from '../src/kube/index.ts';
import { openRecords, type Records } from '../src/records/index.ts';

const SMALL = 90;
/** What the talks on JDOS tell of 10,000 hosts: forty minutes by Ansible, three by serf. */
const PUBLISHED = { ansible: 40 * 60, serf: 3 * 60 };
const HEALTHY = new URL('../src/inspection/testdata/healthy.facts', import.meta.url);

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '20' },
    plane: { type: 'string' },
    fleet: { type: 'string' },
  },
});
if (values.plane) await servePlane(values.plane);
else if (values.fleet) await serveFleet(values.fleet);
else await measure(Number(values.hosts), Number(values.runs));

async function servePlane(dir: string): Promise<void> {
  let kubelet: KubeletAddress | undefined;
  process.on('message', (address: KubeletAddress) => {
    kubelet = address;
  });
  const plane = await startControlPlane({ dataDir: dir, kubelet: () => kubelet });
  const file = join(dir, 'bench.kubeconfig');
  writeFileSync(file, plane.adminKubeconfig, { mode: 0o600 });
  process.send?.(file);
  process.once('SIGTERM', () => void plane.stop().then(() => process.exit()));
}

/** Makes as many hosts as it is told, and says when they live. */
async function serveFleet(path: string): Promise<void> {
  const client = new KubeClient(await loadKubeconfig({ path }));
  const fleet = await startFleet({ client, signal: new AbortController().signal });
  process.on('message', (count: number) => {
    void ensureHosts(client, makeHosts(count), { concurrency: 64 }).then(() => process.send?.('there'));
  });
  process.send?.(fleet.kubelet);
  process.once('SIGTERM', () => void fleet.stop().then(() => process.exit()));
}

async function measure(hosts: number, runs: number): Promise<void> {
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`);
  judging();
  const dir = mkdtempSync(join(tmpdir(), 'jdos-bench-inspection-'));
  const plane = fork(import.meta.filename, ['--plane', dir]);
  const [path] = (await once(plane, 'message')) as [string];
  const fleet = fork(import.meta.filename, ['--fleet', path]);
  const [kubelet] = (await once(fleet, 'message')) as [KubeletAddress];
  plane.send(kubelet);
  const client = new KubeClient(await loadKubeconfig({ path }), { connections: 64 });
  const records = await openRecords(join(dir, 'records'));
  try {
    await hostsOf(fleet, SMALL);
    const times: number[] = [];
    for (let i = 0; i < runs; i++) times.push((await inspect(client, records, SMALL)).seconds);
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)]!.toFixed(2);
    console.log(`${SMALL} hosts, ${runs} runs: p50 ${at(0.5)} s, p95 ${at(0.95)} s (wanted: 15 s)`);
    await hostsOf(fleet, hosts);
    const { seconds, brief } = await inspect(client, records, hosts);
    const unknown = brief.rows.reduce((sum, row) => sum + row.unknown, 0);
    console.log(`${hosts} hosts: ${seconds.toFixed(1)} s (wanted: 180 s), ${unknown} of ${hosts * 20} results Unknown`);
    console.log(`resident memory of the inspector: ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`);
    for (const [tool, published] of Object.entries(PUBLISHED))
      console.log(`published for 10,000 hosts by ${tool}: ${published} s; ratio ${(published / seconds).toFixed(1)}`);
  } finally {
    await records.close();
    await client.close();
    for (const child of [fleet, plane]) await ended(child);
    rmSync(dir, { recursive: true, force: true });
  }
}

async function hostsOf(fleet: ChildProcess, count: number): Promise<void> {
  fleet.send(count);
  await once(fleet, 'message');
}

async function inspect(
  client: KubeClient,
  records: Records,
  hosts: number,
): Promise<{ seconds: number; brief: Brief }> {
  const start = performance.now();
  const scope = await clusterScope(client);
  if (scope.length !== hosts) throw new Error(`${scope.length} hosts are there, not ${hosts}`);
  const wish = { by: 'bench', now: Date.now(), timeoutMs: 600_000, spec: {} };
  const run = (await createRun(records, wish, scope))!;
  await work(run, {
    records,
    reach: reachOf({ client, settings: NO_SETTINGS }),
    settings: NO_SETTINGS,
    worker: 'bench',
  });
  const brief = await briefOf(records, (await findRun(records, run.id))!);
  return { seconds: (performance.now() - start) / 1000, brief };
}

/** One host's facts over and over: what parsing and judging take, and judging alone. */
function judging(): void {
  const text = readFileSync(HEALTHY, 'utf8');
  const facts = parseFacts(text);
  const subject = { host: 'h', address: 'h', labels: { 'jdos.jd.com/zone': 'z' } };
  let memory = judge(subject, { facts }, { now: 1 }).memory;
  const rate = (act: () => number) => {
    const end = performance.now() + 3000;
    let results = 0;
    const start = performance.now();
    while (performance.now() < end) results += act();
    return Math.round(results / ((performance.now() - start) / 1000));
  };
  const alone = rate(() => {
    const judged = judge(subject, { facts }, { now: 2, memory });
    memory = judged.memory;
    return judged.results.length;
  });
  const parsed = rate(() => judge(subject, { facts: parseFacts(text) }, { now: 2, memory }).results.length);
  console.log(`judging alone: ${alone} results/s (wanted: 100,000); with reading the facts: ${parsed} results/s`);
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
