/** What a kubelet tells of its host. */
import { hash } from 'node:crypto';
import { type Node, rfc3339 } from '../kube/index.ts';
import type { Host } from './host.ts';
import { PLAIN_SHAPE } from './host-shape.ts';
import { fullName, imageBytes } from './image.ts';
import { capacityOf, nodeInfoOf } from './make-hosts.ts';

/** Conditions are told again after this time even when nothing has changed. */
export const NODE_REPORT_MS = 300_000;
const IMAGES_TOLD = 50;

interface NodeVerdict {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

export function nodeVerdicts(host: Host): readonly NodeVerdict[] {
  return [
    fine('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    host.faults.diskFull
      ? { type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure', message: 'kubelet has disk pressure' }
      : fine('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    fine('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
  ];
}

function fine(type: string, reason: string, message: string): NodeVerdict {
  return { type, status: 'False', reason, message };
}

/** Does the Node say otherwise than its kubelet? */
export function isNodeStale(host: Host): boolean {
  const found = host.node.status?.conditions ?? [];
  return nodeVerdicts(host).some(({ type, status, reason }) => {
    const there = found.find((c) => c.type === type);
    return there?.status !== status || there.reason !== reason;
  });
}

export interface NodeReportContext {
  /** The host's own clock. */
  readonly now: number;
  readonly kubeletPort: number;
  /** For Nodes that came without. */
  readonly spareAddress: string;
}

/** A strategic merge patch for `/status`: conditions always, and what whoever made the Node has left out. */
export function nodeReport(host: Host, { now, kubeletPort, spareAddress }: NodeReportContext): object {
  const { status } = host.node;
  const time = rfc3339(now);
  const conditions = nodeVerdicts(host).map((verdict) => {
    const there = status?.conditions?.find((c) => c.type === verdict.type);
    const lastTransitionTime = there?.status === verdict.status ? (there.lastTransitionTime ?? time) : time;
    return { ...verdict, lastHeartbeatTime: time, lastTransitionTime };
  });
  return {
    metadata: { uid: host.node.metadata.uid },
    status: {
      conditions,
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      images: imagesOf(host),
      ...(!status?.capacity?.cpu && capacityOf(PLAIN_SHAPE)),
      ...(status?.capacity?.cpu && !status.allocatable?.cpu && { allocatable: status.capacity }),
      ...(!hasAddress(host.node) && { addresses: addressesOf(host.name, spareAddress) }),
      ...(!status?.nodeInfo?.kubeletVersion && { nodeInfo: nodeInfoOf(host.name) }),
    },
  };
}

function hasAddress(node: Node): boolean {
  return node.status?.addresses?.some((a) => a.type === 'InternalIP') ?? false;
}

function addressesOf(name: string, address: string): object[] {
  return [
    { type: 'InternalIP', address },
    { type: 'Hostname', address: name },
  ];
}

function imagesOf(host: Host): object[] {
  return [...host.images].slice(-IMAGES_TOLD).map((name) => ({ names: [fullName(name)], sizeBytes: imageBytes(name) }));
}

/** An address in 10.80.0.0/12 that follows from the name, for Nodes that came without one. */
export function spareAddressOf(name: string): string {
  const n = Number.parseInt(hash('sha256', name).slice(0, 5), 16);
  return `10.${80 + (n >> 16)}.${(n >> 8) & 255}.${(n & 255) % 254 || 1}`;
}
