/** Which Pods are left over, and why. */

import { isFinished } from '../../../control/index.ts';
import { isFenced, type Node, type Pod } from '../../../kube/index.ts';

/** `orphaned`: its host is no more. `unbound`: it is to go and never had a host. `outOfService`: its host is given up. */
export type Leftover = 'orphaned' | 'unbound' | 'outOfService';

export function leftoverOf(pod: Pod, node: Node | undefined): Leftover | undefined {
  const leaving = pod.metadata.deletionTimestamp !== undefined;
  if (!pod.spec.nodeName) return leaving ? 'unbound' : undefined;
  if (!node) return 'orphaned';
  return leaving && isFenced(node) ? 'outOfService' : undefined;
}

/** The oldest ended Pods beyond the limit. */
export function surplusFinished(pods: Iterable<Pod>, limit: number): Pod[] {
  const finished = [...pods].filter(isFinished);
  if (finished.length <= limit) return [];
  const age = (pod: Pod) => Date.parse(pod.metadata.creationTimestamp);
  return finished
    .toSorted((a, b) => age(a) - age(b) || (a.metadata.name < b.metadata.name ? -1 : 1))
    .slice(0, finished.length - limit);
}
