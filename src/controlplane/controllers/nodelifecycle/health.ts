/** Is a host alive? Judged by its Lease and its own reports, on this side's clock only. */
import { type core, type Lease, type Node, rfc3339 } from '../../../kube/index.ts';

export const GRACE_MS = 50_000;
/** For a host that has never reported. */
export const STARTUP_GRACE_MS = 60_000;

/** What was last seen of a host, and when it was seen: clocks of hosts are not trusted. */
export interface Sighting {
  readonly seenAt: number;
  readonly renewTime: string | undefined;
  readonly heartbeat: string | undefined;
}

export function look(before: Sighting | undefined, node: Node, lease: Lease | undefined, now: number): Sighting {
  const renewTime = lease?.spec.renewTime;
  const heartbeat = readyOf(node)?.lastHeartbeatTime;
  const born = Date.parse(node.metadata.creationTimestamp);
  if (!before) return { seenAt: heartbeat || renewTime ? now : born, renewTime, heartbeat };
  const changed = renewTime !== before.renewTime || heartbeat !== before.heartbeat;
  return changed ? { seenAt: now, renewTime, heartbeat } : before;
}

export function isSilent(sighting: Sighting, node: Node, now: number): boolean {
  const grace = readyOf(node) ? GRACE_MS : STARTUP_GRACE_MS;
  return now > sighting.seenAt + grace;
}

/** Were we ourselves held up between two looks (a suspended machine, a starved process)? Then silence proves nothing. */
export function wasAway(last: number, now: number, periodMs: number): boolean {
  return now - last > 3 * periodMs;
}

export type Readiness = 'True' | 'False' | 'Unknown';

export function readinessOf(node: Node): Readiness {
  return (readyOf(node)?.status as Readiness | undefined) ?? 'Unknown';
}

/** Has it been marked as silent? One that has never reported is not. */
export function hasFallenSilent(node: Node): boolean {
  return readyOf(node)?.status === 'Unknown';
}

const KINDS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** The conditions of a host that has fallen silent; undefined when they say so already. */
export function silentConditions(node: Node, now: number): core.NodeCondition[] | undefined {
  const before = node.status?.conditions ?? [];
  const time = rfc3339(now);
  let changed = false;
  const unknown = KINDS.map((type) => {
    const old = before.find((condition) => condition.type === type);
    if (old?.status === 'Unknown') return old;
    changed = true;
    const reason = old ? 'NodeStatusUnknown' : 'NodeStatusNeverUpdated';
    const message = old ? 'Kubelet stopped posting node status.' : 'Kubelet never posted node status.';
    const lastHeartbeatTime = old ? old.lastHeartbeatTime : node.metadata.creationTimestamp;
    return { ...old, type, status: 'Unknown', reason, message, lastHeartbeatTime, lastTransitionTime: time };
  });
  if (!changed) return undefined;
  return [...before.filter((condition) => !KINDS.includes(condition.type)), ...unknown];
}

function readyOf(node: Node): core.NodeCondition | undefined {
  return node.status?.conditions?.find((condition) => condition.type === 'Ready');
}
