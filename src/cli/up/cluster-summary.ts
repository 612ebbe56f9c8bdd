/** Live counts for the status page: hosts, and Pods by phase. Keeps of each object only what it counts. */
import { Informer, type KubeClient, type KubeObject, NODES, type Node, PODS, type Pod } from '../../kube/index.ts';

export interface ClusterCounts {
  readonly hosts: { readonly total: number; readonly ready: number };
  /** Phase -> how many, phases without Pods left out. */
  readonly pods: Readonly<Record<string, number>>;
}

export class ClusterSummary {
  readonly #nodes: Informer<Node>;
  readonly #pods: Informer<Pod>;

  constructor(client: KubeClient) {
    this.#nodes = new Informer(client, NODES, { transform: bareNode });
    this.#pods = new Informer(client, PODS, { transform: barePod });
  }

  async start(signal: AbortSignal): Promise<void> {
    this.#nodes.start(signal);
    this.#pods.start(signal);
    await Promise.all([this.#nodes.synced(signal), this.#pods.synced(signal)]);
  }

  counts(): ClusterCounts {
    const ready = [...this.#nodes.list()].filter(isReady).length;
    const phases = Object.groupBy(this.#pods.list(), (pod) => pod.status?.phase ?? 'Unknown');
    const pods = Object.entries(phases).map(([phase, list]) => [phase, list?.length ?? 0] as const);
    return { hosts: { total: this.#nodes.size, ready }, pods: Object.fromEntries(pods.toSorted()) };
  }
}

export function isReady(node: Node): boolean {
  return node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
}

function bareNode(node: Node): Node {
  const conditions = node.status?.conditions?.filter((condition) => condition.type === 'Ready') ?? [];
  return { metadata: bareMeta(node), spec: {}, status: { conditions } };
}

function barePod(pod: Pod): Pod {
  return { metadata: bareMeta(pod), spec: { containers: [] }, status: { phase: pod.status?.phase ?? 'Unknown' } };
}

function bareMeta({ metadata }: KubeObject): KubeObject['metadata'] {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return { name, ...(namespace && { namespace }), uid, resourceVersion, creationTimestamp };
}
