/** Keeps the hosts of the fleet alive in the eyes of the cluster: leases on time, and the status of their Nodes. */
import {
  type Clock,
  type Draft,
  isStatus,
  type KubeClient,
  LEASES,
  type Lease,
  NODES,
  type Node,
  rfc3339Micro,
} from '../kube/index.ts';
import { POD_BLOCKS, podBlock } from './address-block.ts';
import { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import { Courier } from './courier.ts';
import type { FleetEvents } from './fleet-events.ts';
import { Host } from './host.ts';
import { Lateness } from './lateness.ts';
import { LEASE_NAMESPACE } from './names.ts';
import { isNodeStale, NODE_REPORT_MS, nodeReport, spareAddressOf } from './node-report.ts';
import { slimNode } from './slim-node.ts';

export const LEASE_RENEW_MS = 10_000;
const LEASE_SECONDS = 40;
/** Renewals are small and must not wait behind anything: so many more of them may be on their way. */
const LEASE_SHARE = 16;

export interface HostKeeperOptions {
  readonly client: Pick<KubeClient, 'patch' | 'create'>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly events: FleetEvents;
  readonly concurrency: number;
  readonly kubeletPort: number;
  readonly onError: (error: unknown) => void;
}

export class HostKeeper {
  readonly hosts = new Map<string, Host>();
  /** By how much lease renewals were late when the API had taken them. */
  readonly lateness: Lateness;
  readonly #o: HostKeeperOptions;
  readonly #leaseAgenda: Agenda<Host>;
  readonly #leaseCourier: Courier<Host>;
  readonly #nodeAgenda: Agenda<Host>;
  readonly #nodeCourier: Courier<Host>;
  readonly #leaseDue = new Map<Host, number>();
  readonly #blocks = new Set<string>();
  #nextBlock = 0;

  constructor(options: HostKeeperOptions) {
    this.#o = options;
    const { clock, concurrency, onError } = options;
    this.lateness = new Lateness(clock);
    this.#leaseAgenda = new Agenda({ clock, due: (host) => this.#leaseIsDue(host) });
    this.#nodeAgenda = new Agenda({ clock, due: (host) => this.report(host) });
    const renew = { concurrency: concurrency * LEASE_SHARE, deliver: (host: Host) => this.#renew(host) };
    this.#leaseCourier = new Courier({ clock, onError, ...renew });
    this.#nodeCourier = new Courier({
      clock,
      concurrency,
      deliver: (host) => this.#report(host),
      gaveUp: (error) => isStatus(error, 'NotFound'),
      onError,
    });
  }

  /** Takes up a Node, new or found. The answer is its host. */
  adopt(node: Node): Host {
    const cidr = node.spec.podCIDR ?? this.#freeBlock();
    this.#blocks.add(cidr);
    const host = new Host(node, cidr);
    this.hosts.set(host.name, host);
    this.#leaseAgenda.set(host, this.#o.clock.now());
    this.report(host);
    return host;
  }

  /** Blocks of Nodes that are there must not be given to others. */
  reserveBlock(node: Node): void {
    if (node.spec.podCIDR) this.#blocks.add(node.spec.podCIDR);
  }

  update(host: Host, node: Node): void {
    host.node = node;
    if (host.reportedAt !== undefined && isNodeStale(host)) this.report(host);
  }

  abandon(host: Host): void {
    this.hosts.delete(host.name);
    this.#blocks.delete(host.addresses.cidr);
    for (const agenda of [this.#leaseAgenda, this.#nodeAgenda]) agenda.remove(host);
    for (const courier of [this.#leaseCourier, this.#nodeCourier]) courier.forget(host);
    this.#leaseDue.delete(host);
  }

  /** The faults of the host have changed. */
  faultsChanged(host: Host): void {
    if (host.silent) return;
    this.#leaseAgenda.set(host, this.#o.clock.now());
    this.report(host);
  }

  /** Its status is to be told now. */
  report(host: Host): void {
    if (!host.silent) this.#nodeCourier.mark(host);
    const spread = Math.round(NODE_REPORT_MS * 0.1 * this.#o.chance('node', host.name));
    this.#nodeAgenda.set(host, this.#o.clock.now() + NODE_REPORT_MS - spread);
  }

  async close(): Promise<void> {
    this.#leaseAgenda.close();
    this.#nodeAgenda.close();
    await Promise.all([this.#leaseCourier.close(), this.#nodeCourier.close()]);
  }

  /** Renewals keep to a grid that differs from host to host, so that they spread over time for good. */
  #leaseIsDue(host: Host): void {
    const now = this.#o.clock.now();
    const phase = Math.floor(LEASE_RENEW_MS * this.#o.chance('lease', host.name));
    const next = now - ((((now - phase) % LEASE_RENEW_MS) + LEASE_RENEW_MS) % LEASE_RENEW_MS) + LEASE_RENEW_MS;
    this.#leaseAgenda.set(host, next);
    if (host.silent) return;
    if (!this.#leaseDue.has(host)) this.#leaseDue.set(host, now);
    this.#leaseCourier.mark(host);
  }

  async #renew(host: Host): Promise<void> {
    if (host.silent || this.hosts.get(host.name) !== host) return;
    const due = this.#leaseDue.get(host);
    const spec = {
      holderIdentity: host.name,
      leaseDurationSeconds: LEASE_SECONDS,
      renewTime: rfc3339Micro(this.#timeOn(host)),
    };
    try {
      const patch = { kind: 'merge' as const, body: { spec } };
      await this.#o.client.patch(LEASES, host.name, patch, { namespace: LEASE_NAMESPACE });
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error;
      await this.#o.client.create(LEASES, leaseOf(host, spec));
    }
    if (due !== undefined) this.lateness.note(this.#o.clock.now() - due);
    this.#leaseDue.delete(host);
  }

  async #report(host: Host): Promise<void> {
    if (host.silent || this.hosts.get(host.name) !== host) return;
    const { client, clock, kubeletPort, events } = this.#o;
    await this.#settle(host);
    const before = host.node.status?.conditions;
    const context = { now: this.#timeOn(host), kubeletPort, spareAddress: spareAddressOf(host.name) };
    const patch = { kind: 'strategic' as const, body: nodeReport(host, context) };
    host.node = slimNode(await client.patch(NODES, host.name, patch, { subresource: 'status' }), true);
    host.reportedAt = clock.now();
    for (const { type, status } of host.node.status?.conditions ?? []) {
      const reason = NEWS[`${type}=${status}`];
      if (!reason || before?.find((c) => c.type === type)?.status === status) continue;
      if (type !== 'Ready' && before === undefined) continue;
      events.host(host, 'Normal', reason, `Node ${host.name} status is now: ${reason}`);
    }
  }

  /** What a kubelet writes when it registers its Node, for Nodes that others have made. */
  async #settle(host: Host): Promise<void> {
    const { spec, metadata } = host.node;
    const { cidr } = host.addresses;
    const own = { 'kubernetes.io/hostname': host.name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
    const labels = Object.entries(own).filter(([label]) => metadata.labels?.[label] === undefined);
    if (spec.podCIDR && labels.length === 0) return;
    const body = {
      ...(labels.length > 0 && { metadata: { labels: Object.fromEntries(labels) } }),
      ...(!spec.podCIDR && { spec: { podCIDR: cidr, podCIDRs: [cidr] } }),
    };
    host.node = slimNode(await this.#o.client.patch(NODES, host.name, { kind: 'merge', body }), true);
  }

  #timeOn(host: Host): number {
    return this.#o.clock.now() + host.faults.skewMs;
  }

  #freeBlock(): string {
    for (let tries = 0; tries < POD_BLOCKS; tries++) {
      // From the top, as hosts that are made begin at the bottom.
      const block = podBlock(POD_BLOCKS - 1 - (this.#nextBlock++ % POD_BLOCKS));
      if (!this.#blocks.has(block)) return block;
    }
    throw new RangeError(`no podCIDR is free: ${POD_BLOCKS} hosts have one`);
  }
}

/** Events that a kubelet sends when a condition turns. */
const NEWS: Readonly<Record<string, string>> = {
  'Ready=True': 'NodeReady',
  'DiskPressure=True': 'NodeHasDiskPressure',
  'DiskPressure=False': 'NodeHasNoDiskPressure',
};

function leaseOf(host: Host, spec: Lease['spec']): Draft<Lease> {
  const { name, uid } = host.node.metadata;
  const owner = { apiVersion: 'v1', kind: 'Node', name, uid };
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: LEASE_NAMESPACE, ownerReferences: [owner] },
    spec,
  };
}
