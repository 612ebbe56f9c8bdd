/** When nothing can run on a host any more, by the word of whoever is responsible for hosts. */
import { isConditionTrue, type Node } from '../../kube/index.ts';

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** The Node was deleted, or is not ready and tainted out-of-service, as Kubernetes itself reads that taint. */
export function isFenced(node: Pick<Node, 'spec' | 'status'> | undefined): boolean {
  if (!node) return true;
  return !isConditionTrue(node, 'Ready') && (node.spec.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE);
}
