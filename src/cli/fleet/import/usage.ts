/** How much of what the hosts offer the Pods on them have taken, resource by resource. */
import { milli, type Node, type Pod } from '../../../kube/index.ts';

export interface Usage {
  readonly resource: string;
  /** In the resource's own unit: cores, bytes, cards, … */
  readonly offered: number;
  readonly taken: number;
}

/** Resources that no Pod asks for are left out. */
export function usageOf(nodes: Iterable<Node>, pods: Iterable<Pod>): Usage[] {
  const taken = new Map<string, number>();
  for (const pod of pods) {
    if (!pod.spec.nodeName || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue;
    for (const { resources } of pod.spec.containers) addAll(taken, resources?.requests ?? {});
  }
  const offered = new Map<string, number>();
  for (const node of nodes) addAll(offered, node.status?.allocatable ?? {});
  return [...taken]
    .map(([resource, sum]) => ({ resource, offered: (offered.get(resource) ?? 0) / 1000, taken: sum / 1000 }))
    .toSorted((a, b) => a.resource.localeCompare(b.resource));
}

/** `memory` in GiB, all else as it is; with the share of the whole. */
export function formatUsage({ resource, offered, taken }: Usage): { taken: string; offered: string; share: string } {
  const gib = resource === 'memory' || resource === 'ephemeral-storage';
  const show = (amount: number) => (gib ? `${Math.round(amount / 2 ** 30)}Gi` : String(Math.round(amount)));
  return {
    taken: show(taken),
    offered: show(offered),
    share: offered === 0 ? '-' : `${((taken / offered) * 100).toFixed(1)}%`,
  };
}

function addAll(sums: Map<string, number>, quantities: Readonly<Record<string, string>>): void {
  for (const [resource, quantity] of Object.entries(quantities)) {
    sums.set(resource, (sums.get(resource) ?? 0) + milli(quantity));
  }
}
