/** When nothing can run on a host any more, by the word of whoever is responsible for hosts. */
import { isConditionTrue } from './condition.ts';
import type { Node } from './object.ts';

/** The key of the taint. */
export const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** Not ready and tainted out-of-service, as Kubernetes itself reads that taint. */
export function isFenced(node: Pick<Node, 'spec' | 'status'>): boolean {
  return !isConditionTrue(node, 'Ready') && (node.spec.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE);
}
