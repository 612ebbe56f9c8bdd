/**
 * Addresses: how long until as many Pods as a pool has addresses all run, claims and Pods made at once on a simulated fleet;
 * and how long the plugin on the host takes for an ADD and a DEL, from its start to its end.
 *
 *   node bench/addresses.ts [--pods 1000] [--hosts 100] [--calls 300]
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Informer, PODS, type Pod } from '../src/kube/index.ts';
import { startNodeAgent } from '../src/network/index.ts';
import { IP_ALLOCATIONS, IP_CLAIMS, IP_POOLS, type IPClaim } from '../src/resources/index.ts';
import { type FleetPlane, startFleetPlane } from '../test/e2e/network/fleet-plane.ts';

const { values } = parseArgs({
  options: {
    pods: { type: 'string', default: '1000' },
    hosts: { type: 'string', default: '100' },
    calls: { type: 'string', default: '300' },
  },
});
const [pods, hosts, calls] = [values.pods, values.hosts, values.calls].map(Number) as [number, number, number];
const NAMESPACE = 'shop';

console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}; ${pods} Pods, ${hosts} hosts`);
const plane = await startFleetPlane({ hosts });
await fillPool();
await callPlugin();
await plane.stop();

async function fillPool(): Promise<void> {
  const first = (10 << 24) + (50 << 16);
  const text = (n: number) => [24, 16, 8, 0].map((shift) => (n >> shift) & 255).join('.');
  const spec = { subnet: '10.50.0.0/16', disable: false, ranges: [`10.50.0.1-${text(first + pods)}`] };
  await plane.client.create(IP_POOLS, { metadata: { name: 'full' }, spec });
  const running = allRun(plane, pods);
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: pods }, (_, i) => podWithClaim(`web-${i}`, 'full', plane.hosts[i % hosts]!)));
  const ips = await running;
  const seconds = (performance.now() - startedAt) / 1000;
  const out = (await plane.client.list(IP_ALLOCATIONS)).items.length;
  console.log(
    `${pods} Pods on a pool of ${pods} addresses all ready after ${seconds.toFixed(1)} s (aim < 60 s); ${new Set(ips).size} different addresses, ${out} allocations`,
  );
}

async function podWithClaim(name: string, pool: string, host: string): Promise<void> {
  const spec = { poolRef: { name: pool } } as IPClaim['spec'];
  await plane.client.create(IP_CLAIMS, { metadata: { name, namespace: NAMESPACE }, spec });
  await plane.pod(name, host);
}

/** Resolves with their addresses when so many are ready. */
async function allRun({ client }: FleetPlane, count: number): Promise<string[]> {
  const ready = new Map<string, string>();
  const stop = new AbortController();
  const done = Promise.withResolvers<void>();
  const see = ({ metadata, status }: Pod) => {
    if (status?.conditions?.some(({ type, status: s }) => type === 'Ready' && s === 'True'))
      ready.set(metadata.name, status.podIP ?? '');
    if (ready.size >= count) done.resolve();
  };
  const informer = new Informer(client, PODS, { namespace: NAMESPACE });
  informer.onChange({ add: see, update: see });
  informer.start(stop.signal);
  await done.promise;
  stop.abort();
  return [...ready.values()];
}

async function callPlugin(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'jdos-bench-cni-'));
  const [socket, program] = [join(dir, 'ipam.sock'), join(dir, 'jdos-ipam')];
  mkdirSync(join(dir, 'spool'));
  const source = join(import.meta.dirname, '../src/network/shim/jdos-ipam.c');
  execFileSync('cc', [
    '-std=gnu11',
    '-O2',
    '-static',
    `-DJDOS_SOCKET="${socket}"`,
    `-DJDOS_SPOOL="${join(dir, 'spool')}"`,
    '-o',
    program,
    source,
  ]);
  const abort = new AbortController();
  const agent = await startNodeAgent({
    client: plane.client,
    node: plane.hosts[0]!,
    socket,
    stateDir: dir,
    signal: abort.signal,
  });
  const { metadata } = await plane.client.get(PODS, 'web-0', { namespace: NAMESPACE });
  const times: Record<'ADD' | 'DEL', number[]> = { ADD: [], DEL: [] };
  for (let i = 0; i < calls; i++)
    for (const command of ['ADD', 'DEL'] as const)
      times[command].push(await call(program, command, `c${i}`, metadata.uid));
  for (const [command, all] of Object.entries(times)) {
    const sorted = all.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(0);
    console.log(`jdos-ipam ${command}, ${calls} in a row: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (aim p99 < 150 ms)`);
  }
  await agent.stop();
  rmSync(dir, { recursive: true, force: true });
}

async function call(program: string, command: string, container: string, uid: string): Promise<number> {
  const args = `K8S_POD_NAMESPACE=${NAMESPACE};K8S_POD_NAME=web-0;K8S_POD_UID=${uid}`;
  const env = { CNI_COMMAND: command, CNI_CONTAINERID: container, CNI_IFNAME: 'eth0', CNI_ARGS: args };
  const startedAt = performance.now();
  const child = spawn(program, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end('{"cniVersion":"1.0.0","name":"bench","ipam":{"type":"jdos-ipam"}}');
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${child.stdout.read()}`);
  return performance.now() - startedAt;
}
