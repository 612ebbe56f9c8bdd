/** Could the Pods of a host live elsewhere? A packing by requests: the largest first, each on the first host that takes it. */
import { bytes, isConditionTrue, milli, type Node, type Pod } from '../../kube/index.ts';

/** Thousandths of a core, bytes, and a number of Pods. */
export interface Amounts {
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
}

export interface Room {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly free: Amounts;
}

export interface Packing {
  /** `namespace/name` of those that no host would take. */
  readonly unplaced: readonly string[];
  readonly hosts: number;
}

export function requestsOf(pod: Pod): Amounts {
  const of = (containers: Pod['spec']['containers'] | undefined) =>
    (containers ?? []).map(({ resources }) => ({
      cpu: milli(resources?.requests?.cpu ?? '0'),
      memory: bytes(resources?.requests?.memory ?? '0'),
    }));
  const [main, init] = [of(pod.spec.containers), of(pod.spec.initContainers)];
  const sum = (key: 'cpu' | 'memory') => main.reduce((total, one) => total + one[key], 0);
  const most = (key: 'cpu' | 'memory') => Math.max(sum(key), ...init.map((one) => one[key]));
  const overhead = pod.spec.overhead ?? {};
  return {
    cpu: most('cpu') + milli(overhead.cpu ?? '0'),
    memory: most('memory') + bytes(overhead.memory ?? '0'),
    pods: 1,
  };
}

/** Hosts that take Pods, with what is left on each. */
export function roomsIn(nodes: readonly Node[], used: ReadonlyMap<string, Amounts>): Room[] {
  return nodes.filter(takesPods).map(({ metadata, status }) => {
    const mine = used.get(metadata.name) ?? NOTHING;
    const { cpu = '0', memory = '0', pods = '0' } = status?.allocatable ?? {};
    const free = {
      cpu: milli(cpu) - mine.cpu,
      memory: bytes(memory) - mine.memory,
      pods: milli(pods) / 1000 - mine.pods,
    };
    return { name: metadata.name, labels: metadata.labels ?? {}, free };
  });
}

export const NOTHING: Amounts = { cpu: 0, memory: 0, pods: 0 };

export function addAmounts(a: Amounts, b: Amounts): Amounts {
  return { cpu: a.cpu + b.cpu, memory: a.memory + b.memory, pods: a.pods + b.pods };
}

export function pack(pods: readonly Pod[], rooms: readonly Room[]): Packing {
  const free = rooms.map((room) => ({ ...room, free: { ...room.free } }));
  const wanted = pods.map((pod) => ({ pod, needs: requestsOf(pod) }));
  wanted.sort((a, b) => b.needs.cpu - a.needs.cpu || b.needs.memory - a.needs.memory);
  const unplaced: string[] = [];
  for (const { pod, needs } of wanted) {
    const room = free.find((one) => holds(one, pod, needs));
    if (!room) unplaced.push(`${pod.metadata.namespace}/${pod.metadata.name}`);
    else room.free = addAmounts(room.free, { cpu: -needs.cpu, memory: -needs.memory, pods: -1 });
  }
  return { unplaced, hosts: rooms.length };
}

function holds({ free, labels }: Room, pod: Pod, needs: Amounts): boolean {
  if (free.cpu < needs.cpu || free.memory < needs.memory || free.pods < 1) return false;
  return Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
}

export function takesPods(node: Node): boolean {
  const tainted = node.spec.taints?.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
  return !node.spec.unschedulable && !tainted && isConditionTrue(node, 'Ready');
}
