/**
 * A large cluster in one `jdos up`: how long until all Pods of many Deployments run, and whether, while nothing happens,
 * every host stays Ready and renews its lease in time. The lease figures are the API server's own histogram.
 *
 *   node bench/scale.ts [--hosts 2000] [--pods 20000] [--minutes 10]
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  DEPLOYMENTS,
  type Deployment,
  type Draft,
  Informer,
  KubeClient,
  LEASES,
  loadKubeconfig,
  NODES,
} from '../src/kube/index.ts';
import { Cluster } from '../test/e2e/harness.ts';

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '2000' },
    pods: { type: 'string', default: '20000' },
    minutes: { type: 'string', default: '10' },
  },
});
const [hosts, pods, minutes] = [values.hosts, values.pods, values.minutes].map(Number) as [number, number, number];
const REPLICAS = 100;
const AT_ONCE = 16;
const PATIENCE_MS = 60 * 60_000;

console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}; ${hosts} hosts, ${pods} Pods, ${minutes} minutes`,
);
const startedAt = performance.now();
await using cluster = await Cluster.up({ args: ['--hosts', String(hosts)], readyMs: PATIENCE_MS });
console.log(`up and all hosts Ready after ${seconds(startedAt)} s, ${rss()} MiB`);
const client = new KubeClient(await loadKubeconfig({ path: cluster.kubeconfig }));
const falseAlarms = watchReadiness(client);
const cpuBefore = cpuSeconds();
const running = await runPods();
const cpuMs = ((cpuSeconds() - cpuBefore) * 1000) / pods;
console.log(
  `${pods} Pods Ready ${running} s after the first Deployment was made (${Math.round(pods / running)}/s, ${cpuMs.toFixed(1)} ms of processor each, leases included), ${rss()} MiB`,
);
const steadyFrom = await leaseHistogram();
for (let minute = 1; minute <= minutes; minute++) {
  const [before, cpu] = [await leaseHistogram(), cpuSeconds()];
  await delay(60_000);
  const { count, p99 } = quantile(before, await leaseHistogram());
  console.log(
    `minute ${minute}: ${count} lease renewals, p99 <= ${p99} s; oldest lease ${await oldestLease()} s; NotReady so far ${falseAlarms()}; ${((cpuSeconds() - cpu) / 60).toFixed(2)} cores; ${rss()} MiB`,
  );
}
const steady = quantile(steadyFrom, await leaseHistogram());
const alarms =
  falseAlarms() === 0 ? 'no host was falsely NotReady' : `${falseAlarms()} times a host was falsely NotReady`;
console.log(
  `${hosts} hosts, ${pods} Pods: running after ${running} s; lease renewals p99 <= ${steady.p99} s over ${minutes} steady minutes; ${alarms}; ${rss()} MiB resident, ${peak()} MiB at most`,
);
await client.close();

/** Counts by the Deployments' own status, as a watch of all Pods would be load of its own. */
async function runPods(): Promise<number> {
  const from = performance.now();
  const all = Array.from({ length: Math.ceil(pods / REPLICAS) }, (_, i) =>
    deployment(i, Math.min(REPLICAS, pods - i * REPLICAS)),
  );
  while (all.length > 0) await Promise.all(all.splice(0, AT_ONCE).map((one) => client.create(DEPLOYMENTS, one)));
  for (let told = from; ; ) {
    const ready = await readyPods();
    if (ready >= pods) return Number(seconds(from));
    if (performance.now() - told > 30_000) {
      told = performance.now();
      process.stdout.write(`  ${ready} Ready after ${seconds(from)} s, ${rss()} MiB\n`);
    }
    await delay(2000);
  }
}

async function readyPods(): Promise<number> {
  let ready = 0;
  for await (const { status } of client.listAll(DEPLOYMENTS)) ready += status?.readyReplicas ?? 0;
  return ready;
}

function deployment(index: number, replicas: number): Draft<Deployment> {
  const labels = { app: `app-${index}` };
  const resources = { requests: { cpu: '100m', memory: '64Mi' } };
  return {
    metadata: { name: `app-${index}`, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'registry.example/app:1', resources }] },
      },
    },
  };
}

/** Counts the times a host turns from Ready to anything else. */
function watchReadiness(kube: KubeClient): () => number {
  let count = 0;
  const informer = new Informer(kube, NODES);
  const isReady = (node: { status?: { conditions?: { type: string; status: string }[] } }) =>
    node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
  informer.onChange({
    update: (node, old) => {
      if (isReady(old) && !isReady(node)) count++;
    },
  });
  informer.start(new AbortController().signal);
  return () => count;
}

async function oldestLease(): Promise<string> {
  let oldest = Infinity;
  for await (const lease of client.listAll(LEASES, { namespace: 'kube-node-lease' }))
    oldest = Math.min(oldest, Date.parse(String(lease.spec.renewTime)));
  return ((Date.now() - oldest) / 1000).toFixed(1);
}

type Buckets = ReadonlyMap<number, number>;

/** Upper bounds in seconds and how many lease writes were no slower. */
async function leaseHistogram(): Promise<Buckets> {
  const { body } = await client.request('GET', '/metrics');
  const text = Buffer.from(body).toString();
  const buckets = new Map<number, number>();
  for (const line of text.split('\n')) {
    if (
      !line.startsWith('apiserver_request_duration_seconds_bucket') ||
      !line.includes('resource="leases"') ||
      !/verb="(PATCH|PUT)"/.test(line)
    )
      continue;
    const bound = Number(/le="([^"]+)"/.exec(line)![1]!.replace('+Inf', 'Infinity'));
    buckets.set(bound, (buckets.get(bound) ?? 0) + Number(line.slice(line.lastIndexOf(' '))));
  }
  return buckets;
}

function quantile(before: Buckets, after: Buckets): { count: number; p99: number } {
  const grown = [...after]
    .sort(([a], [b]) => a - b)
    .map(([bound, n]) => [bound, n - (before.get(bound) ?? 0)] as const);
  const count = grown.at(-1)?.[1] ?? 0;
  return { count, p99: grown.find(([, n]) => n >= count * 0.99)?.[0] ?? Number.NaN };
}

function seconds(from: number): string {
  return ((performance.now() - from) / 1000).toFixed(1);
}

/** Resident memory of the whole `jdos up`, MiB. */
function rss(): number {
  return memory('VmRSS');
}

function peak(): number {
  return memory('VmHWM');
}

function memory(field: string): number {
  const status = readFileSync(`/proc/${cluster.process.pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)![1]) / 1024);
}

/** Processor time of all its threads. */
function cpuSeconds(): number {
  const fields = readFileSync(`/proc/${cluster.process.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
