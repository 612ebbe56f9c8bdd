/** Clusters for tests, in few words. */
import type { core, Node, Pod } from '../../kube/index.ts';
import { Cluster } from './cluster.ts';
import type { Plugin } from './plugin.ts';
import type { PodInfo } from './pod-info.ts';

const CREATED = '2026-01-01T00:00:00Z';

export interface TestNode {
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly core.Taint[];
  readonly unschedulable?: boolean;
  /** Sizes in bytes by name. */
  readonly images?: Readonly<Record<string, number>>;
}

export function testNode(name: string, node: TestNode = {}): Node {
  const {
    cpu = '4',
    memory = '16Gi',
    pods = '110',
    allocatable,
    labels,
    taints = [],
    unschedulable,
    images = {},
  } = node;
  return {
    metadata: meta(name, undefined, { 'kubernetes.io/hostname': name, ...labels }),
    spec: { taints: [...taints], ...(unschedulable && { unschedulable }) },
    status: {
      allocatable: { cpu, memory, pods, ...allocatable },
      images: Object.entries(images).map(([image, sizeBytes]) => ({ names: [image], sizeBytes })),
    },
  };
}

export interface TestPod {
  readonly namespace?: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly requests?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly priority?: number;
  readonly startTime?: string;
  readonly spec?: Partial<core.PodSpec>;
}

export function testPod(name: string, pod: TestPod = {}): Pod {
  const { namespace = 'default', cpu, memory, requests, labels, priority, startTime, spec } = pod;
  const all = { ...(cpu && { cpu }), ...(memory && { memory }), ...requests };
  return {
    metadata: meta(name, namespace, labels),
    spec: {
      containers: [{ name: 'main', image: 'app:1', resources: { requests: all } }],
      ...(priority !== undefined && { priority }),
      ...spec,
    },
    ...(startTime && { status: { startTime } }),
  };
}

/** Hosts with the Pods on them. */
export function testCluster(nodes: readonly Node[], placed: Readonly<Record<string, readonly Pod[]>> = {}): Cluster {
  const cluster = new Cluster();
  cluster.setNamespace('default', { 'kubernetes.io/metadata.name': 'default' });
  for (const node of nodes) cluster.setNode(node);
  for (const [name, pods] of Object.entries(placed)) {
    for (const pod of pods) cluster.setPod(cluster.info(pod), name);
  }
  return cluster;
}

/** What the plugin says of each host: `ok` or its reasons; one text when it refuses before it has seen a host. */
export function verdicts(plugin: Plugin, pod: Pod, cluster: Cluster): Record<string, string> | string {
  const filter = plugin.filter?.(cluster.info(pod), cluster);
  if (filter?.kind === 'refusal') return filter.reasons.join(', ');
  const entries = cluster.nodes.map((node) => [node.name, filter?.refuse(node)?.reasons.join(', ') ?? 'ok'] as const);
  return Object.fromEntries(entries);
}

/** The plugin's scores of all hosts, brought to 0..100 where it does so; empty when it has nothing to say. */
export function scores(plugin: Plugin, pod: Pod | PodInfo, cluster: Cluster, raw = false): Record<string, number> {
  const info = 'class' in pod ? pod : cluster.info(pod);
  const scorer = plugin.scorer?.(info, cluster, cluster.nodes);
  if (!scorer) return {};
  const all = Float64Array.from(cluster.nodes, (node) => scorer.score(node));
  if (!raw) scorer.normalize?.(all, cluster.nodes);
  return Object.fromEntries(cluster.nodes.map(({ name }, i) => [name, all[i]!]));
}

function meta(name: string, namespace: string | undefined, labels: Readonly<Record<string, string>> = {}) {
  const uid = `uid-${name}`;
  return { name, ...(namespace && { namespace }), uid, resourceVersion: '1', creationTimestamp: CREATED, labels };
}
