/**
 * Hosts and Pods on the embedded plane, which runs in a process of its own: how long until all Pods are Ready, and then
 * how punctual the leases are. Pods are bound when made, so no scheduler is measured. Nodes that a controller would call
 * silent are counted at the end.
 *
 * Run: node bench/fleet.ts [--hosts 2000] [--pods 20000] [--minutes 10]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startControlPlane } from '../src/controlplane/index.ts';
import { ensureHosts, type FleetHandle, makeHosts, startFleet } from '../src/fleet/index.ts';
import { KubeClient, LEASES, loadKubeconfig, PODS, type Pod } from '../src/kube/index.ts';

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '2000' },
    pods: { type: 'string', default: '20000' },
    minutes: { type: 'string', default: '10' },
    plane: { type: 'string' },
  },
});
if (values.plane) await servePlane(values.plane);
else await measure(Number(values.hosts), Number(values.pods), Number(values.minutes));

async function servePlane(dir: string): Promise<void> {
  const plane = await startControlPlane({ dataDir: dir });
  const file = join(dir, 'bench.kubeconfig');
  writeFileSync(file, plane.adminKubeconfig, { mode: 0o600 });
  process.send?.(file);
  process.once('SIGTERM', () => void plane.stop().then(() => process.exit()));
}

async function measure(hosts: number, pods: number, minutes: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'jdos-bench-fleet-'));
  const plane = fork(import.meta.filename, ['--plane', dir]);
  const [path] = (await once(plane, 'message')) as [string];
  const target = await loadKubeconfig({ path });
  const [client, maker] = [new KubeClient(target), new KubeClient(target)];
  try {
    console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}; ${hosts} hosts, ${pods} Pods`);
    await timed('register hosts', () => ensureHosts(maker, makeHosts(hosts), { concurrency: 64 }));
    const fleet = await timed('take up', () => startFleet({ client, signal: new AbortController().signal }));
    const names = [...fleet.hosts.keys()];
    await timed('make Pods, all Ready', () => Promise.all([makePods(maker, names, pods), allReady(maker, pods)]));
    for (let minute = 1; minute <= minutes; minute++) {
      await delay(60_000);
      report(`minute ${minute}`, fleet);
    }
    console.log(`leases older than 40 s: ${await staleLeases(maker)}`);
    await fleet.stop();
  } finally {
    await Promise.all([client.close(), maker.close()]);
    plane.kill('SIGTERM');
    await once(plane, 'exit');
    rmSync(dir, { recursive: true, force: true });
  }
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - start) / 1000;
  console.log(`${what}: ${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s CPU of this process`);
  return result;
}

async function makePods(client: KubeClient, hosts: readonly string[], count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, i) => i).values();
  const resources = { requests: { cpu: '100m', memory: '128Mi' } };
  const worker = async () => {
    for (const i of numbers) {
      const containers = [{ name: 'web', image: `nginx:1.${i % 30}`, resources }];
      const spec = { nodeName: hosts[i % hosts.length]!, containers };
      const metadata = { name: `pod-${i}`, namespace: 'default', labels: { app: `app-${i % 100}` } };
      await client.create(PODS, { metadata, spec } as unknown as Pod);
    }
  };
  await Promise.all(Array.from({ length: 48 }, worker));
}

async function allReady(client: KubeClient, count: number): Promise<void> {
  const ready = new Set<string>();
  for await (const { object } of client.watch(PODS, { namespace: 'default' })) {
    if (!object.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True')) continue;
    if (ready.add(object.metadata.name).size === count) return;
  }
}

function report(when: string, fleet: FleetHandle): void {
  const { pods, leaseLatenessP50Ms, leaseLatenessP99Ms } = fleet.stats();
  const megabytes = Math.round(process.memoryUsage().rss / 1e6);
  console.log(
    `${when}: ${pods} Pods, leases late p50 ${leaseLatenessP50Ms} ms, p99 ${leaseLatenessP99Ms} ms, ${megabytes} MB`,
  );
}

async function staleLeases(client: KubeClient): Promise<number> {
  let stale = 0;
  for await (const { spec } of client.listAll(LEASES, { namespace: 'kube-node-lease' }))
    if (Date.now() - Date.parse(spec.renewTime ?? '') > 40_000) stale++;
  return stale;
}
