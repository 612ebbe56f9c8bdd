/** Which Pods of lost hosts go now, so that others come in their place. */
import { isFinished, isReady } from '../../control/index.ts';
import { controllerOf, type Pod } from '../../kube/index.ts';

/**
 * Those on lost hosts serve nobody, so it costs nothing to give them up; but each makes a new one start. As many may be on
 * their way at once as the policy lets be unavailable, and at least one, or a lost host would be for ever.
 */
export function podsToRecreate(pods: readonly Pod[], lost: ReadonlySet<string>, maxUnavailable: number): Pod[] {
  const isLost = ({ spec }: Pod) => lost.has(spec.nodeName ?? '');
  const waiting = pods.filter((pod) => isLost(pod) && !isFinished(pod) && mayMove(pod));
  const underWay = pods.filter((pod) => !isLost(pod) && !isFinished(pod) && !isReady(pod)).length;
  return waiting
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .slice(0, Math.max(0, Math.max(1, maxUnavailable) - underWay));
}

/** A daemon's Pod belongs to its host, and a mirror to a file on it: neither has anywhere else to be. */
export function mayMove(pod: Pod): boolean {
  const owner = controllerOf(pod)?.kind;
  return owner !== 'DaemonSet' && owner !== 'Node';
}
