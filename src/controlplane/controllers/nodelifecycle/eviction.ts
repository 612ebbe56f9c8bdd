/** When a Pod has to leave a host because of its NoExecute taints. */
import type { core, Node, Pod } from '../../../kube/index.ts';
import { tolerates } from '../daemonset/index.ts';

/** Milliseconds from the moment the taints were noticed; undefined when the Pod may stay for good. */
export function evictionDelay(pod: Pod, taints: readonly core.Taint[]): number | undefined {
  if (taints.length === 0) return undefined;
  let shortest = Number.POSITIVE_INFINITY;
  for (const taint of taints) {
    const matching = (pod.spec.tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return 0;
    const limits = matching.map(({ tolerationSeconds }) => tolerationSeconds).filter((seconds) => seconds != null);
    if (limits.length > 0) shortest = Math.min(shortest, Math.max(0, Math.min(...limits)) * 1000);
  }
  return Number.isFinite(shortest) ? shortest : undefined;
}

export function executeTaintsOf(node: Node | undefined): core.Taint[] {
  return (node?.spec.taints ?? []).filter((taint) => taint.effect === 'NoExecute');
}
