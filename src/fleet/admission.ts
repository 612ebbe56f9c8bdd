/** What a kubelet checks before it takes in a Pod that somebody has bound to its host. */
import { amountsOf, podAmounts, type Shortage, shortageOf } from './amounts.ts';
import type { PodLife } from './pod-life.ts';

/** The resource that is not there, a place among the Pods counted as one. Undefined: there is room. */
export function admissionShortage(life: PodLife): Shortage | undefined {
  const wish = { ...podAmounts(life.pod), pods: 1 };
  return shortageOf(wish, life.host.granted(life.pod.metadata.uid), amountsOf(life.host.allocatable));
}
