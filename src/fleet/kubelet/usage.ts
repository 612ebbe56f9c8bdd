/** What containers and hosts use now, for whoever serves the metrics API: `/usage`. */
import type { ServerResponse } from 'node:http';
import { type Clock, rfc3339 } from '../../kube/index.ts';
import { startedMs } from '../container-record.ts';
import type { Host } from '../host.ts';
import type { Resident } from '../resident.ts';
import { containerUsage, hostUsage, type Usage } from '../usage.ts';

/** The span that one measurement speaks of, unless its container is younger. */
const WINDOW_MS = 15_000;

export interface UsageReport {
  /** RFC 3339. */
  readonly time: string;
  /** Only those asked for: with `nodes` in the query. */
  readonly nodes?: readonly (Usage & { readonly name: string; readonly windowMs: number })[];
  /** By `namespace/name`; of Pods in which something runs. */
  readonly pods?: Readonly<Record<string, PodUsage>>;
}

export interface PodUsage {
  readonly windowMs: number;
  readonly containers: readonly (Usage & { readonly name: string })[];
}

/** Query: `nodes=` or `pods=` for what is wanted, `namespace`, `pod`, `node` to narrow it. Silent hosts say nothing. */
export function serveUsage(
  hosts: Iterable<Host>,
  query: URLSearchParams,
  response: ServerResponse,
  clock: Clock,
): void {
  const report = usageReport(hosts, query, clock.now());
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(report));
}

export function usageReport(all: Iterable<Host>, query: URLSearchParams, now: number): UsageReport {
  const node = query.get('node');
  const hosts = [...all].filter((host) => !host.silent && (node === null || host.name === node));
  return {
    time: rfc3339(now),
    ...(query.has('nodes') && {
      nodes: hosts.map((host) => ({ name: host.name, windowMs: WINDOW_MS, ...hostUsage(host, now) })),
    }),
    ...(query.has('pods') && { pods: podsOf(hosts, query, now) }),
  };
}

function podsOf(hosts: readonly Host[], query: URLSearchParams, now: number): Record<string, PodUsage> {
  const [namespace, name] = [query.get('namespace'), query.get('pod')];
  const pods: Record<string, PodUsage> = {};
  for (const host of hosts)
    for (const resident of host.residents) {
      const { metadata } = resident.life.pod;
      if ((namespace !== null && metadata.namespace !== namespace) || (name !== null && metadata.name !== name))
        continue;
      const usage = podUsage(resident, now);
      if (usage) pods[`${metadata.namespace}/${metadata.name}`] = usage;
    }
  return pods;
}

function podUsage({ life }: Resident, now: number): PodUsage | undefined {
  const running = life.containers.filter((c) => c.status.state.running);
  if (running.length === 0) return undefined;
  const ages = running.map((c) => now - startedMs(c)).filter(Number.isFinite);
  return {
    windowMs: Math.max(1000, Math.min(WINDOW_MS, ...ages)),
    containers: running.map((c) => ({ name: c.spec.name, ...containerUsage(c, life, now) })),
  };
}
