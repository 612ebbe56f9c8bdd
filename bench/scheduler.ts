/**
 * How many decisions a second the scheduler's core makes on one core, and what it leaves waiting and why. Decision only:
 * no API, no binding. Run: node bench/scheduler.ts [--hosts N] [--traces DIR] [--kubernetes 1.35|1.36] [--seed N]
 *
 * The second part needs the openb trace (node and Pod lists of hkust-adsl/kubernetes-scheduler-simulator, Apache-2.0) in
 * DIR, or in $JDOS_TRACES, and is left out without it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { core, Node, Pod } from '../src/kube/index.ts';
import { Cluster, Decider, type Diagnosis, defaultProfile, seededRandom } from '../src/scheduler/index.ts';

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '2000' },
    traces: { type: 'string', default: process.env.JDOS_TRACES ?? '' },
    kubernetes: { type: 'string', default: '1.36' },
    seed: { type: 'string', default: '42' },
  },
});
const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const GPU = 'nvidia.com/gpu';
const GPU_MILLI = 'jdos.jd.com/gpu-milli';
const GPU_MODEL = 'jdos.jd.com/gpu.model';

interface Outcome {
  readonly placed: number;
  readonly waiting: readonly Diagnosis[];
  readonly seconds: number;
}

console.log(
  `${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}, one core, Kubernetes ${values.kubernetes} scores`,
);
console.log(`\nWorkloads after scheduler_perf on ${values.hosts} hosts in 3 zones`);
console.log(row('workload', 'Pods', 'placed', 'decisions/s'));
for (const workload of workloads()) {
  const cluster = syntheticCluster(Number(values.hosts));
  workload.prepare?.(cluster);
  const { placed, seconds } = placeAll(
    cluster,
    Array.from({ length: workload.pods }, (_, i) => workload.pod(i)),
  );
  console.log(row(workload.name, workload.pods, placed, Math.round(workload.pods / seconds)));
}
openb(values.traces);

function openb(dir: string): void {
  const file = (name: string) => [join(dir, 'openb', name), join(dir, name)].find((path) => existsSync(path));
  const nodes = dir ? file('openb_node_list_all_node.csv') : undefined;
  const pods = dir ? file('openb_pod_list_default.csv') : undefined;
  if (!nodes || !pods) {
    const why = dir ? `no openb_*.csv in ${dir}` : 'set JDOS_TRACES or --traces to a directory with its files';
    console.log(`\nopenb: skipped, ${why}`);
    return;
  }
  const cluster = new Cluster();
  for (const line of csv(nodes)) cluster.setNode(traceNode(line));
  const list = csv(pods).map(tracePod);
  const classes = new Set(list.map((pod) => cluster.info(pod).class)).size;
  console.log(`\nopenb: ${cluster.nodes.length} hosts, ${list.length} Pods of ${classes} classes`);
  const { placed, waiting, seconds } = placeAll(cluster, list);
  console.log(`placed ${placed}, waiting ${waiting.length}, ${Math.round(list.length / seconds)} decisions/s`);
  console.log(row('what waiting Pods lack', 'Pods', 'on hosts (mean)', ''));
  for (const [reason, { pods: count, hosts }] of reasonsOf(waiting))
    console.log(row(reason, count, Math.round(hosts / count), ''));
}

function placeAll(cluster: Cluster, pods: readonly Pod[]): Outcome {
  const profile = defaultProfile({ kubernetes: values.kubernetes === '1.35' ? '1.35' : '1.36' });
  const decider = new Decider(cluster, { profile, random: seededRandom(Number(values.seed)) });
  const waiting: Diagnosis[] = [];
  const start = performance.now();
  for (const pod of pods) {
    const info = cluster.info(pod);
    const decision = decider.decide(info);
    if (decision.kind === 'placed') cluster.setPod(info, decision.node.name);
    else waiting.push(decision.diagnosis);
  }
  return { placed: pods.length - waiting.length, waiting, seconds: (performance.now() - start) / 1000 };
}

function reasonsOf(waiting: readonly Diagnosis[]): [string, { pods: number; hosts: number }][] {
  const reasons = new Map<string, { pods: number; hosts: number }>();
  for (const { byNode } of waiting) {
    const hosts = new Map<string, number>();
    for (const refusal of byNode.values()) for (const r of refusal.reasons) hosts.set(r, (hosts.get(r) ?? 0) + 1);
    for (const [reason, count] of hosts) {
      const before = reasons.get(reason) ?? { pods: 0, hosts: 0 };
      reasons.set(reason, { pods: before.pods + 1, hosts: before.hosts + count });
    }
  }
  return [...reasons].sort(([, a], [, b]) => b.pods - a.pods);
}

interface Workload {
  readonly name: string;
  readonly pods: number;
  pod(index: number): Pod;
  prepare?(cluster: Cluster): void;
}

function workloads(): Workload[] {
  const labelSelector = { matchLabels: { app: 'bench' } };
  const spread = (whenUnsatisfiable: string, topologyKey: string, maxSkew: number) => ({
    topologySpreadConstraints: [{ maxSkew, topologyKey, whenUnsatisfiable, labelSelector }],
  });
  const required = (topologyKey: string) => ({
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector }],
  });
  const preferred = (topologyKey: string) => ({
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey, labelSelector } }],
  });
  const onHost = (i: number) => [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [`host-${i}`] }] }];
  const inZone = [{ matchExpressions: [{ key: ZONE, operator: 'In', values: ['zone-1'] }] }];
  const nodeAffinity = (nodeSelectorTerms: core.NodeSelectorTerm[]) => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
  });
  const hosts = Number(values.hosts);
  const same = (name: string, pods: number, spec: Partial<core.PodSpec> = {}): Workload => {
    return { name, pods, pod: (i) => pod(i, spec) };
  };
  return [
    same('SchedulingBasic', 10_000),
    { name: 'SchedulingBasic, 500 classes', pods: 10_000, pod: (i) => pod(i, {}, `${100 + (i % 500)}m`) },
    { name: 'SchedulingDaemonset', pods: hosts, pod: (i) => pod(i, nodeAffinity(onHost(i))) },
    same('SchedulingNodeAffinity', 5000, nodeAffinity(inZone)),
    same('TopologySpreading', 5000, spread('DoNotSchedule', ZONE, 5)),
    same('PreferredTopologySpreading', 5000, spread('ScheduleAnyway', ZONE, 5)),
    {
      ...same('DefaultTopologySpreading', 5000),
      prepare: ({ workloads: w }) =>
        w.setService({ metadata: { namespace: 'default', name: 'bench' }, spec: { selector: { app: 'bench' } } }),
    },
    same('SchedulingPodAffinity', 5000, { affinity: { podAffinity: required(ZONE) } }),
    same('SchedulingPodAntiAffinity', Math.min(hosts, 2000), { affinity: { podAntiAffinity: required(HOST) } }),
    same('PreferredPodAffinity', 5000, { affinity: { podAffinity: preferred(HOST) } }),
    same('PreferredPodAntiAffinity', 5000, { affinity: { podAntiAffinity: preferred(HOST) } }),
    { name: 'Unschedulable', pods: 5000, pod: (i) => pod(i, {}, '1000') },
  ];
}

function syntheticCluster(hosts: number): Cluster {
  const cluster = new Cluster();
  cluster.setNamespace('default', {});
  for (let i = 0; i < hosts; i++) {
    const labels = { [HOST]: `host-${i}`, [ZONE]: `zone-${i % 3}` };
    cluster.setNode(node(`host-${i}`, { cpu: '4', memory: '32Gi', pods: '110' }, labels));
  }
  return cluster;
}

function node(name: string, allocatable: Record<string, string>, labels: Record<string, string>): Node {
  return { metadata: { ...meta(name), labels }, spec: {}, status: { allocatable } };
}

function pod(index: number, spec: Partial<core.PodSpec>, cpu = '100m'): Pod {
  const requests = { cpu, memory: '500Mi' };
  const containers = [{ name: 'main', image: 'registry.example/app:1', resources: { requests } }];
  return {
    metadata: { ...meta(`pod-${index}`), namespace: 'default', labels: { app: 'bench' } },
    spec: { containers, ...spec },
  };
}

function meta(name: string) {
  return { name, uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };
}

function traceNode({ sn, cpu_milli, memory_mib, gpu, model }: Record<string, string>): Node {
  const devices: Record<string, string> = Number(gpu) > 0 ? { [GPU]: gpu!, [GPU_MILLI]: `${gpu}000` } : {};
  const labels = { [HOST]: sn!, ...(model && { [GPU_MODEL]: model }) };
  return node(sn!, { cpu: `${cpu_milli}m`, memory: `${memory_mib}Mi`, pods: '256', ...devices }, labels);
}

/** `gpu_spec` names the models that will do, as `A|B`. Whole cards are asked for as such, shares in thousandths only. */
function tracePod({ name, cpu_milli, memory_mib, num_gpu, gpu_milli, gpu_spec }: Record<string, string>): Pod {
  const cards = Number(num_gpu);
  const milli: Record<string, string> = cards > 0 ? { [GPU_MILLI]: String(cards * Number(gpu_milli)) } : {};
  const devices: Record<string, string> = gpu_milli === '1000' && cards > 0 ? { ...milli, [GPU]: num_gpu! } : milli;
  const requests = { cpu: `${cpu_milli}m`, memory: `${memory_mib}Mi`, ...devices };
  const models = gpu_spec ? [{ key: GPU_MODEL, operator: 'In', values: gpu_spec.split('|') }] : [];
  const terms = {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: models }] },
  };
  const affinity = models.length > 0 ? { affinity: { nodeAffinity: terms } } : {};
  const containers = [{ name: 'main', image: 'registry.example/trace:1', resources: { requests } }];
  return { metadata: { ...meta(name!), namespace: 'default' }, spec: { containers, ...affinity } };
}

function csv(path: string): Record<string, string>[] {
  const [head = '', ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/);
  const columns = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [columns[i], cell])));
}

function row(name: string, ...cells: (string | number)[]): string {
  return `  ${name.padEnd(60)}${cells.map((cell) => String(cell).padStart(16)).join('')}`;
}
