/**
 * The controllers of Groups and Releases under load: `./jdos up` with a simulated fleet in one process, these controllers
 * alone in this one.
 *
 *   node bench/groups.ts [part…] [--data DIR] [--groups 3000] [--pods 50000] [--hosts 2000] [--large 10000] [--samples 200]
 *
 * | part | prints |
 * |---|---|
 * | fill | all Groups made at once: how long until all Pods are in service; writes a Pod |
 * | start | how long a fresh start takes until its caches are whole, and until every Group has been looked at |
 * | reconcile | from the change of a Group to its first write, one Group after the other |
 * | release | a Release of the one large Group to another image at maxUnavailable 10 %: how long, what of it a Pod's grace period and its container take, writes a Pod; and meanwhile from the change of other Groups to their first writes |
 *
 * Without a part: all, in this order. With `--data` the cluster is kept in that directory and taken up again, so that after
 * `fill` the other parts can be had one at a time.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Counter, type Gauge, Registry } from 'prom-client';
import { createEnv } from '../src/control/index.ts';
import { startGroups, startReleases } from '../src/groups/index.ts';
import {
  type Informer,
  isConditionTrue,
  KubeClient,
  loadKubeconfig,
  PODS,
  type Pod,
  systemClock,
} from '../src/kube/index.ts';
import { GROUPS, RELEASES } from '../src/resources/index.ts';
import { Cluster } from '../test/e2e/harness.ts';

const number = (text: string) => ({ type: 'string' as const, default: text });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string' },
    groups: number('3000'),
    pods: number('50000'),
    hosts: number('2000'),
    large: number('10000'),
    samples: number('200'),
  },
});
const PARTS = { fill, start, reconcile, release } as const;
type Part = keyof typeof PARTS;
const isPart = (name: string): name is Part => name in PARTS;
const strange = positionals.find((name) => !isPart(name));
if (strange) throw new Error(`no such part: ${strange}; there are ${Object.keys(PARTS).join(', ')}`);
const parts = positionals.length > 0 ? positionals.filter(isPart) : Object.keys(PARTS).filter(isPart);

const groups = Number(values.groups);
const pods = Number(values.pods);
const large = Number(values.large);
const samples = Number(values.samples);
const at = { namespace: 'default' };
const LARGE = 'large';
/** What a Pod is out of service for before its container is touched. */
const GRACE_SECONDS = 10;
const AMOUNTS = { resources: { requests: { cpu: '100m', memory: '64Mi' } } };
const WRITES = new Set(['create', 'replace', 'patch', 'delete']);

/** Writes to Pods by the Group that they are of: how many, and when the first came since it was last asked. */
const writes = new Map<string, number>();
const first = new Map<string, number>();

interface Running {
  readonly pods: Informer<Pod>;
  readonly syncedMs: number;
  /** Looks at Groups so far, and Groups that wait for one. */
  looks(): Promise<number>;
  waiting(): Promise<number>;
  stop(): void;
}

console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`);
const from = performance.now();
await using cluster = await Cluster.up({
  args: ['--hosts', values.hosts, '--without', 'jdos'],
  readyMs: 300_000,
  ...(values.data && { data: values.data }),
});
console.log(`a cluster of ${values.hosts} hosts, up after ${since(from)}`);
const target = await loadKubeconfig({ path: cluster.kubeconfig });
const plain = new KubeClient(target);
const counted = counting(new KubeClient(target));
for (const name of parts) {
  console.log(`\n== ${name}`);
  const controllers = await run();
  const cpu = process.cpuUsage();
  await PARTS[name](controllers);
  const { user, system } = process.cpuUsage(cpu);
  const looks = await controllers.looks();
  console.log(
    `${looks} looks at Groups; ${((user + system) / 1e6).toFixed(1)} s of processor; resident ${memory('VmRSS')} MiB, ${memory('VmHWM')} MiB at most`,
  );
  controllers.stop();
}
await Promise.all([plain.close(), counted.close()]);
await cluster.stop();
process.exit(0);

async function fill(): Promise<void> {
  const from = performance.now();
  const one = (i: number) => group(`g${i}`, share(pods - large, groups, i));
  await each(groups, 64, (i) => plain.create(GROUPS, one(i) as never, at));
  await plain.create(GROUPS, group(LARGE, large) as never, at);
  await goOn(async () => {
    const there = await inService();
    return there >= pods || `${there} Pods in service`;
  });
  console.log(`${pods} Pods of ${groups + 1} Groups in service: ${since(from)}; ${perPod([...writes.keys()], pods)}`);
}

async function start({ syncedMs, looks, waiting }: Running): Promise<void> {
  const from = performance.now();
  while ((await looks()) <= groups || (await waiting()) > 0) await delay(50);
  const all = seconds(syncedMs + performance.now() - from);
  console.log(
    `a fresh start on ${groups + 1} Groups and ${pods} Pods: caches whole after ${seconds(syncedMs)}, every Group looked at after ${all}`,
  );
}

async function reconcile(): Promise<void> {
  const waits = await changeGroups(samples);
  console.log(`from a change of a Group to its first write, ${samples} of ${groups} Groups: ${spread(waits)}`);
}

async function release({ pods: cache }: Running): Promise<void> {
  const starts = watchStarts(cache);
  const name = `r${Date.now()}`;
  const spec = { groupRef: { name: LARGE }, steps: [{ replicas: '100%' }] };
  await plain.create(RELEASES, { metadata: { name }, spec } as never, at);
  writes.clear();
  const from = performance.now();
  await patchImage(LARGE, `web:${name}`);
  const end = goOn(async () => {
    const { status } = await plain.get(RELEASES, name, at);
    return status?.phase === 'Succeeded' || `${status?.phase}: ${status?.updated} Pods`;
  });
  const waits = await changeGroups(Math.ceil(samples / 4), 1);
  await end;
  const own = GRACE_SECONDS + quantile(starts(), 0.5) / 1000;
  const waves = Math.ceil(large / Math.max(1, Math.floor(large / 10)));
  console.log(
    `Release of ${large} Pods to another image, maxUnavailable 10 %: ${since(from)}; ${perPod([LARGE], large)}`,
  );
  console.log(
    `of it each Pod's own: ${GRACE_SECONDS} s of grace, and until its container is ready ${spread(starts())}; ${waves} waves of that are ${(waves * own).toFixed(0)} s`,
  );
  console.log(`meanwhile from a change of another Group to its first write: ${spread(waits)}`);
}

async function run(): Promise<Running> {
  const end = new AbortController();
  const from = performance.now();
  const metrics = new Registry();
  const onError = (...what: unknown[]) => console.error(...what.map(String));
  const options = { clock: systemClock, random: Math.random, signal: end.signal, metrics, onError };
  const env = createEnv({ client: counted, ...options });
  await Promise.all([startGroups(env), startReleases(env)]);
  const of = async (name: string, label: string) => {
    const { values = [] } = (await (metrics.getSingleMetric(name) as Counter | Gauge | undefined)?.get()) ?? {};
    return values.filter(({ labels }) => labels[label] === 'groups').reduce((sum, { value }) => sum + value, 0);
  };
  return {
    pods: env.caches.of(PODS),
    syncedMs: performance.now() - from,
    looks: () => of('controller_runtime_reconcile_total', 'controller'),
    waiting: () => of('workqueue_depth', 'name'),
    stop: () => end.abort(),
  };
}

/** So many Groups, one after the other: how many ms until each is written to. Another offset are others. */
async function changeGroups(count: number, offset = 0): Promise<number[]> {
  const image = `web:${Date.now()}`;
  const waits: number[] = [];
  for (let i = 0; i < count; i++) {
    const name = `g${Math.floor((i * groups) / count) + offset}`;
    first.delete(name);
    const begun = performance.now();
    await patchImage(name, image);
    while (!first.has(name)) await delay(2);
    waits.push(first.get(name)! - begun);
  }
  return waits;
}

/** How many ms each container took from the change of its image until it was ready, as far as told by now. */
function watchStarts(cache: Informer<Pod>): () => readonly number[] {
  const begun = new Map<string, number>();
  const took: number[] = [];
  cache.onChange({
    update: (pod, old) => {
      const { uid, labels } = pod.metadata;
      if (labels?.app !== LARGE) return;
      if (pod.spec.containers[0]!.image !== old.spec.containers[0]!.image) begun.set(uid, performance.now());
      const since = begun.get(uid);
      if (since === undefined || !isConditionTrue(pod, 'ContainersReady') || isConditionTrue(old, 'ContainersReady'))
        return;
      took.push(performance.now() - since);
      begun.delete(uid);
    },
  });
  return () => took;
}

async function inService(): Promise<number> {
  let there = 0;
  for await (const { status } of plain.listAll(GROUPS, at)) there += status?.availableReplicas ?? 0;
  return there;
}

/** Asks every second until the answer is true; says now and then how far it is. */
async function goOn(ask: () => Promise<string | true>): Promise<void> {
  const from = performance.now();
  for (let told = from; ; await delay(1000)) {
    const answer = await ask();
    if (answer === true) return;
    if (performance.now() - told < 30_000) continue;
    told = performance.now();
    console.log(`  ${since(from)}: ${answer}; resident ${memory('VmRSS')} MiB`);
  }
}

function patchImage(name: string, image: string): Promise<unknown> {
  const body = { spec: { template: { spec: { containers: [{ name: 'main', image, ...AMOUNTS }] } } } };
  return plain.patch(GROUPS, name, { kind: 'merge', body }, at);
}

function group(name: string, replicas: number) {
  const labels = { app: name };
  return {
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'web:1', ...AMOUNTS }] },
      },
      updateStrategy: { rollingUpdate: { maxUnavailable: '10%', rebuild: { gracePeriodSeconds: GRACE_SECONDS } } },
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
        if (args[0] === PODS) note(args[1] as string | Pod);
        return (member as (...all: unknown[]) => unknown).apply(of, args);
      };
    },
  });
}

function note(pod: string | Pod): void {
  const name = typeof pod === 'string' ? pod : pod.metadata.name;
  const owner = name.slice(0, name.lastIndexOf('-'));
  writes.set(owner, (writes.get(owner) ?? 0) + 1);
  if (!first.has(owner)) first.set(owner, performance.now());
}

function perPod(owners: readonly string[], count: number): string {
  const all = owners.reduce((sum, owner) => sum + (writes.get(owner) ?? 0), 0);
  return `${(all / count).toFixed(2)} writes a Pod`;
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

function quantile(all: readonly number[], share: number): number {
  const sorted = all.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function spread(all: readonly number[]): string {
  const ms = (share: number) => `${Math.round(quantile(all, share))} ms`;
  return `p50 ${ms(0.5)}, p99 ${ms(0.99)}`;
}

function since(from: number): string {
  return seconds(performance.now() - from);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function memory(field: string): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)![1]) / 1024);
}
