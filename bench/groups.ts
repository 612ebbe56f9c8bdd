/**
 * The controllers of Groups under load: `./jdos up` with a simulated fleet in one process, the controllers alone in this one.
 *
 *   node bench/groups.ts [--groups 3000] [--pods 50000] [--hosts 2000] [--release 10000] [--samples 200]
 *
 * Prints how long all Pods take to be in service, how soon a changed Group has its first write, how long a fresh start takes
 * until its caches are whole, what is resident then, and what an image release of one Group of `--release` Pods takes at
 * maxUnavailable 10 %.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createEnv, type Env } from '../src/control/index.ts';
import { startGroups } from '../src/groups/index.ts';
import { KubeClient, loadKubeconfig, PODS, systemClock } from '../src/kube/index.ts';
import { GROUPS } from '../src/resources/index.ts';
import { Cluster } from '../test/e2e/harness.ts';

const number = (text: string) => ({ type: 'string' as const, default: text });
const { values } = parseArgs({
  options: {
    groups: number('3000'),
    pods: number('50000'),
    hosts: number('2000'),
    release: number('10000'),
    samples: number('200'),
  },
});
const [groups, pods, release] = [Number(values.groups), Number(values.pods), Number(values.release)];
const at = { namespace: 'default' };
const WRITES = new Set(['create', 'replace', 'patch', 'delete']);

/** Writes that have been sent: all of them, and when each Pod's first came. */
const sent = { pods: 0, first: new Map<string, number>() };

console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`);
await using cluster = await Cluster.up({ args: ['--hosts', values.hosts, '--without', 'jdos'], readyMs: 180_000 });
const target = await loadKubeconfig({ path: cluster.kubeconfig });
const plain = new KubeClient(target);
const counted = counting(new KubeClient(target));

let running = await start();
console.log(`start on an empty cluster: ${seconds(running.ms)}; resident ${resident()} MiB`);
await each(groups, 64, (i) => plain.create(GROUPS, group(`g${i}`, share(pods - release, groups, i)) as never, at));
await plain.create(GROUPS, group('large', release) as never, at);
await served(pods, 'Pods in service');
running.stop();

running = await start();
console.log(`start on ${groups} Groups and ${pods} Pods: ${seconds(running.ms)}; resident ${resident()} MiB`);
await delay(3000);

const waits: number[] = [];
for (let i = 0; i < Number(values.samples); i++) {
  const name = `g${Math.floor((i * groups) / Number(values.samples))}`;
  sent.first.clear();
  const begun = performance.now();
  await patchImage(name, 'web:2');
  while (!sent.first.has(name)) await delay(2);
  waits.push(sent.first.get(name)! - begun);
}
waits.sort((a, b) => a - b);
const p = (share: number) => Math.round(waits[Math.min(waits.length - 1, Math.floor(waits.length * share))]!);
console.log(`from a change of a Group to the first write to a Pod: p50 ${p(0.5)} ms, p99 ${p(0.99)} ms`);

await delay(5000);
sent.pods = 0;
const begun = performance.now();
await patchImage('large', 'web:2');
while ((await arrived('large')) < release) await delay(1000);
const perPod = (sent.pods / release).toFixed(2);
console.log(
  `image release of ${release} Pods, maxUnavailable 10 %: ${seconds(performance.now() - begun)}; ${perPod} writes a Pod`,
);
console.log(`resident ${resident()} MiB`);
running.stop();
await plain.close();
process.exit(0);

async function start(): Promise<{ ms: number; stop: () => void }> {
  const end = new AbortController();
  const from = performance.now();
  const env: Env = createEnv({ client: counted, clock: systemClock, random: Math.random, signal: end.signal });
  await startGroups(env);
  return { ms: performance.now() - from, stop: () => end.abort() };
}

async function served(count: number, what: string): Promise<void> {
  const from = performance.now();
  for (;;) {
    const { items } = await plain.list(GROUPS, at);
    const there = items.reduce((sum, { status }) => sum + (status?.availableReplicas ?? 0), 0);
    if (there >= count) break;
    await delay(1000);
  }
  console.log(`${count} ${what}: ${seconds(performance.now() - from)}; ${(sent.pods / count).toFixed(2)} writes a Pod`);
}

/** Pods that have what the Group asks for now. */
async function arrived(name: string): Promise<number> {
  const { status, metadata } = await plain.get(GROUPS, name, at);
  return status?.observedGeneration === metadata.generation ? (status?.updatedAvailableReplicas ?? 0) : 0;
}

function patchImage(name: string, image: string): Promise<unknown> {
  const body = { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } };
  return plain.patch(GROUPS, name, { kind: 'merge', body }, at);
}

function group(name: string, replicas: number) {
  const labels = { app: name };
  const containers = [{ name: 'main', image: 'web:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } }];
  return {
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
      updateStrategy: { rollingUpdate: { maxUnavailable: '10%' } },
    },
  };
}

/** Counts writes to Pods, and notes when each Group's first one left. */
function counting(client: KubeClient): KubeClient {
  return new Proxy(client, {
    get: (of, name) => {
      const member = Reflect.get(of, name, of) as unknown;
      if (typeof member !== 'function') return member;
      if (!WRITES.has(String(name))) return member.bind(of);
      return (...args: unknown[]) => {
        if (args[0] === PODS) note(args[1]);
        return (member as (...all: unknown[]) => unknown).apply(of, args);
      };
    },
  });
}

function note(pod: unknown): void {
  sent.pods++;
  if (typeof pod !== 'string') return;
  const name = pod.slice(0, pod.lastIndexOf('-'));
  if (!sent.first.has(name)) sent.first.set(name, performance.now());
}

async function each(count: number, atOnce: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function share(total: number, parts: number, i: number): number {
  return Math.floor(total / parts) + (i < total % parts ? 1 : 0);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function resident(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024);
}
