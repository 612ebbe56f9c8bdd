/** The taints that a host's conditions call for. */
import { type core, type Node, rfc3339 } from '../../../kube/index.ts';
import { readinessOf } from './health.ts';

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

const BY_CONDITION: readonly (readonly [type: string, status: string, key: string])[] = [
  ['Ready', 'False', NOT_READY],
  ['Ready', 'Unknown', UNREACHABLE],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
];
const MANAGED = new Set([...BY_CONDITION.map(([, , key]) => key), UNSCHEDULABLE]);

type Taint = core.Taint;

/** NoSchedule taints as they should be, others untouched; undefined when nothing is to change. */
export function scheduleTaints(node: Node, now: number): Taint[] | undefined {
  const wanted = BY_CONDITION.filter(([type, status]) =>
    node.status?.conditions?.some((condition) => condition.type === type && condition.status === status),
  ).map(([, , key]) => key);
  if (node.spec.unschedulable) wanted.push(UNSCHEDULABLE);
  return withTaints(node, 'NoSchedule', new Set(wanted), MANAGED, now);
}

/** The NoExecute taint that drives Pods out, or none of the two. */
export function executeTaints(node: Node, key: string | undefined, now: number): Taint[] | undefined {
  return withTaints(node, 'NoExecute', new Set(key ? [key] : []), new Set([NOT_READY, UNREACHABLE]), now);
}

/** Which taint the host's state calls for; undefined for a ready host. */
export function evictionKey(node: Node): string | undefined {
  return { True: undefined, False: NOT_READY, Unknown: UNREACHABLE }[readinessOf(node)];
}

export function hasTaint(node: Node, key: string, effect: string): boolean {
  return node.spec.taints?.some((taint) => taint.key === key && taint.effect === effect) ?? false;
}

function withTaints(
  node: Node,
  effect: string,
  wanted: ReadonlySet<string>,
  managed: ReadonlySet<string>,
  now: number,
): Taint[] | undefined {
  const before = node.spec.taints ?? [];
  const kept = before.filter((taint) => taint.effect !== effect || !managed.has(taint.key) || wanted.has(taint.key));
  const missing = [...wanted].filter((key) => !kept.some((taint) => taint.key === key && taint.effect === effect));
  if (kept.length === before.length && missing.length === 0) return undefined;
  return [...kept, ...missing.map((key) => ({ key, effect, timeAdded: rfc3339(now) }))];
}
