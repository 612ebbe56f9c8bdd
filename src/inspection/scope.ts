/** The hosts to inspect, as they are now. */
import { hostname } from 'node:os';
import { type Clock, type KubeClient, LEASES, NODES, type Node, systemClock } from '../kube/index.ts';
import type { NodeSubject, Subject } from './subject.ts';

export interface ScopeOptions {
  /** Label selector. @default all Nodes */
  readonly selector?: string;
  /** Names or addresses. */
  readonly hosts?: readonly string[];
  readonly clock?: Clock;
}

const POOL = 'jdos.jd.com/pool';

/** The Nodes of a cluster. Names that no Node has are left out; the caller sees by the count. */
export async function clusterScope(client: KubeClient, options: ScopeOptions = {}): Promise<Subject[]> {
  const { selector, hosts, clock = systemClock } = options;
  // The majority of a pool is told by all of it, whoever is inspected.
  const [nodes, ages, apiserver] = await Promise.all([
    Array.fromAsync(client.listAll(NODES)),
    leaseAges(client, clock),
    versionOf(client),
  ]);
  const kubelet = majorities(nodes, (node) => node.status?.nodeInfo?.kubeletVersion);
  const kernel = majorities(nodes, (node) => node.status?.nodeInfo?.kernelVersion);
  const wanted = selector === undefined ? undefined : await namesOf(client, selector);
  return nodes
    .map((node): Subject => {
      const pool = poolOf(node);
      const usual = { ...some('kubelet', kubelet.get(pool)), ...some('kernel', kernel.get(pool)) };
      const age = ages.get(node.metadata.name);
      return {
        host: node.metadata.name,
        address: addressOf(node),
        labels: node.metadata.labels ?? {},
        node: nodeSubject(node, age),
        pool: usual,
        ...some('apiserver', apiserver),
      };
    })
    .filter(
      ({ host, address }) =>
        (!hosts || hosts.includes(host) || hosts.includes(address)) && (!wanted || wanted.has(host)),
    );
}

/** This machine, which need be no Node. */
export function localScope(): Subject[] {
  return [{ host: hostname(), address: '127.0.0.1', labels: {} }];
}

async function namesOf(client: KubeClient, labelSelector: string): Promise<ReadonlySet<string>> {
  const nodes = await Array.fromAsync(client.listAll(NODES, { labelSelector }));
  return new Set(nodes.map((node) => node.metadata.name));
}

async function leaseAges(client: KubeClient, clock: Clock): Promise<ReadonlyMap<string, number>> {
  const ages = new Map<string, number>();
  for await (const { metadata, spec } of client.listAll(LEASES, { namespace: 'kube-node-lease' })) {
    const renewed = Date.parse(String(spec?.renewTime ?? ''));
    if (!Number.isNaN(renewed)) ages.set(metadata.name, clock.now() - renewed);
  }
  return ages;
}

async function versionOf(client: KubeClient): Promise<string | undefined> {
  const { status, body } = await client.request('GET', '/version');
  if (status !== 200) return undefined;
  const version = (JSON.parse(body.toString()) as { gitVersion?: unknown }).gitVersion;
  return typeof version === 'string' ? version : undefined;
}

function nodeSubject({ status }: Node, leaseAgeMs: number | undefined): NodeSubject {
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
  const since = Date.parse(String(ready?.lastTransitionTime ?? ''));
  const pods = Number(status?.capacity?.pods ?? Number.NaN);
  return {
    kubelet: status?.nodeInfo?.kubeletVersion ?? '',
    kernel: status?.nodeInfo?.kernelVersion ?? '',
    ...(ready && !Number.isNaN(since) && { ready: { status: ready.status, since } }),
    ...some('leaseAgeMs', leaseAgeMs),
    ...(Number.isFinite(pods) && { maxPods: pods }),
  };
}

function addressOf({ metadata, status }: Node): string {
  return status?.addresses?.find((address) => address.type === 'InternalIP')?.address ?? metadata.name;
}

function poolOf({ metadata }: Node): string {
  return metadata.labels?.[POOL] ?? '';
}

/** By pool what more than half of it have. */
function majorities(nodes: readonly Node[], of: (node: Node) => string | undefined): ReadonlyMap<string, string> {
  const pools = Map.groupBy(nodes, poolOf);
  const found = new Map<string, string>();
  for (const [pool, members] of pools) {
    const counts = [...Map.groupBy(members, (node) => of(node) ?? '')].map(
      ([value, all]) => [value, all.length] as const,
    );
    const [value, count] = counts.reduce((most, one) => (one[1] > most[1] ? one : most));
    if (value !== '' && count * 2 > members.length) found.set(pool, value);
  }
  return found;
}

function some<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}
