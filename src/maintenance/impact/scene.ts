/** What a preview is judged from: the host with its Pods, the others of its zone with what they have left, and whose Pods these are. */
import {
  type KubeClient,
  NODES,
  type Node,
  POD_DISRUPTION_BUDGETS,
  type Pod,
  type PodDisruptionBudget,
} from '../../kube/index.ts';
import { ZONE } from '../../nodes/index.ts';
import { type Budget, budgetsFrom, planPod } from '../drain/index.ts';
import { podsOn } from '../drain/pods-on.ts';
import { applicationKey, applicationOf } from './application.ts';
import { type Amounts, addAmounts, NOTHING, pack, requestsOf, roomsIn, takesPods } from './capacity.ts';
import { replicasOf } from './replicas.ts';

export interface Scene {
  readonly node: Node;
  readonly nodes: readonly Node[];
  /** The Pods of the host. */
  readonly pods: readonly Pod[];
  readonly budgets: readonly Budget[];
  /** Hosts of which it is known what is asked for on them: those that may take the Pods. */
  readonly candidates: readonly Node[];
  /** What is asked for on each of these. */
  readonly used: ReadonlyMap<string, Amounts>;
  /** How many live Pods each application has, by {@link applicationKey}. */
  readonly replicas: ReadonlyMap<string, number>;
}

/** The Pods that would have to go. */
export function movingOf(pods: readonly Pod[]): Pod[] {
  return pods
    .map((pod) => planPod(pod))
    .filter(({ act, class: kind }) => act !== 'leave' && kind !== 'finished')
    .map(({ pod }) => pod);
}

/** The others of its zone. */
export function neighboursOf(node: Node, nodes: readonly Node[]): Node[] {
  const zone = node.metadata.labels?.[ZONE];
  return nodes.filter(({ metadata }) => metadata.name !== node.metadata.name && metadata.labels?.[ZONE] === zone);
}

/**
 * Reads no more than it must: of the Pods those of the host, and those of as many neighbours as it takes to find room for
 * them; of the applications their own count of replicas.
 */
export async function readScene(
  client: Pick<KubeClient, 'get' | 'listAll'>,
  host: string,
  signal?: AbortSignal,
): Promise<Scene> {
  const o = signal ? { signal } : {};
  const [node, nodes, budgets, pods] = await Promise.all([
    client.get(NODES, host, o),
    Array.fromAsync(client.listAll(NODES, o)),
    Array.fromAsync(client.listAll(POD_DISRUPTION_BUDGETS, o)),
    podsOn(client, host, signal),
  ]);
  const moving = movingOf(pods);
  const [room, replicas] = await Promise.all([
    roomFor(moving, neighboursOf(node, nodes), client, signal),
    replicasOf(moving, client, signal),
  ]);
  return { node, nodes, pods, budgets: budgetsFrom(budgets), replicas, ...room };
}

/** Hosts looked at together. */
const AT_ONCE = 8;

/** Looks at host after host until all Pods have found a place, or no host is left. */
async function roomFor(
  moving: readonly Pod[],
  neighbours: readonly Node[],
  client: Pick<KubeClient, 'listAll'>,
  signal: AbortSignal | undefined,
): Promise<Pick<Scene, 'candidates' | 'used'>> {
  const queue = neighbours.filter(takesPods);
  const candidates: Node[] = [];
  const tally = new Tally();
  while (queue.length > 0 && pack(moving, roomsIn(candidates, tally.used)).unplaced.length > 0) {
    const some = queue.splice(0, AT_ONCE);
    const pods = await Promise.all(some.map(({ metadata }) => podsOn(client, metadata.name, signal)));
    for (const pod of pods.flat()) tally.add(pod);
    candidates.push(...some);
  }
  return { candidates, used: tally.used };
}

/** The same from copies that are kept up to date: nothing is asked for. */
export function sceneFrom(
  host: string,
  caches: {
    nodes: Iterable<Node>;
    pods: Iterable<Pod>;
    onHost: readonly Pod[];
    budgets: Iterable<PodDisruptionBudget>;
  },
): Scene | undefined {
  const nodes = [...caches.nodes];
  const node = nodes.find(({ metadata }) => metadata.name === host);
  if (!node) return undefined;
  const tally = new Tally();
  for (const pod of caches.pods) tally.add(pod);
  const candidates = neighboursOf(node, nodes);
  return { node, nodes, pods: caches.onHost, budgets: budgetsFrom(caches.budgets), candidates, ...tally };
}

/** Adds up what is asked for, by host and by application. */
class Tally {
  readonly used = new Map<string, Amounts>();
  readonly replicas = new Map<string, number>();

  add(pod: Pod): void {
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return;
    const host = pod.spec.nodeName;
    if (host) this.used.set(host, addAmounts(this.used.get(host) ?? NOTHING, requestsOf(pod)));
    if (pod.metadata.deletionTimestamp) return;
    const key = applicationKey(applicationOf(pod));
    this.replicas.set(key, (this.replicas.get(key) ?? 0) + 1);
  }
}
