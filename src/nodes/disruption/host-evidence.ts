/** What is known of hosts that may be dead, gathered from Nodes, their Leases and whoever probes hosts from their peers. */
import { isConditionTrue, isFenced, type KubeClient, LEASES, type Lease, type Node } from '../../kube/index.ts';

/** Since when peers fail to reach a host (ms since the epoch); undefined: they reach it, or nobody probes. */
export type PeersFailingSince = (node: string) => number | undefined;

export interface HostEvidence {
  readonly node: string;
  readonly zone: string;
  /** Deleted, or not ready and tainted out-of-service: whoever did that vouches that nothing runs there. */
  readonly fenced: boolean;
  /** Since when each sign has said that the host is dead; absent: it says otherwise, or nothing. */
  readonly deadSince: { readonly Lease?: number; readonly PeerProbe?: number };
}

const ZONE = 'topology.kubernetes.io/zone';
const EXCLUDED = 'node.kubernetes.io/exclude-disruption';
/** Beyond so many silent hosts one list costs less than asking for each Lease. */
const MANY = 20;
const LEASE_NAMESPACE = 'kube-node-lease';

export interface EvidenceOptions {
  readonly client: Pick<KubeClient, 'get' | 'listAll'>;
  readonly nodes: Iterable<Node>;
  readonly peers?: PeersFailingSince;
  readonly now: number;
}

/** Of all hosts; only of those that are not ready are Leases read. Excluded hosts are left out, as upstream does. */
export async function gatherEvidence(o: EvidenceOptions): Promise<HostEvidence[]> {
  const nodes = [...o.nodes].filter(({ metadata }) => metadata.labels?.[EXCLUDED] === undefined);
  const silent = nodes.filter((node) => !isConditionTrue(node, 'Ready'));
  const leases = await leasesOf(o.client, silent);
  return nodes.map((node) => evidenceOf(node, leases.get(node.metadata.name), o));
}

function evidenceOf(node: Node, lease: Lease | undefined, { peers, now }: EvidenceOptions): HostEvidence {
  const { name, labels } = node.metadata;
  const [expired, failing] = [lease && expiredAt(lease), peers?.(name)];
  return {
    node: name,
    zone: labels?.[ZONE] ?? '',
    fenced: isFenced(node),
    deadSince: {
      ...(expired !== undefined && expired <= now && { Lease: expired }),
      ...(failing !== undefined && { PeerProbe: failing }),
    },
  };
}

function expiredAt({ spec }: Lease): number | undefined {
  const renewed = Date.parse(spec.renewTime ?? '');
  return Number.isFinite(renewed) ? renewed + (spec.leaseDurationSeconds ?? 40) * 1000 : undefined;
}

async function leasesOf(client: EvidenceOptions['client'], nodes: readonly Node[]): Promise<Map<string, Lease>> {
  const leases = new Map<string, Lease>();
  if (nodes.length > MANY) {
    for await (const lease of client.listAll(LEASES, { namespace: LEASE_NAMESPACE }))
      leases.set(lease.metadata.name, lease);
    return leases;
  }
  const asked = nodes.map(({ metadata }) => client.get(LEASES, metadata.name, { namespace: LEASE_NAMESPACE }));
  for (const answer of await Promise.allSettled(asked))
    if (answer.status === 'fulfilled') leases.set(answer.value.metadata.name, answer.value);
  return leases;
}
