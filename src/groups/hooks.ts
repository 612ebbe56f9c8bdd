/** Lifecycle hooks: labels and finalizers by which others hold a Pod at certain moments. */
import type { Pod } from '../kube/index.ts';
import type { GroupSpec } from '../resources/index.ts';

type Hook = NonNullable<NonNullable<GroupSpec['lifecycle']>['preUpdate']>;

/** A hook before an end holds a Pod as long as all its labels are there, or one of its finalizers. */
export function holds(hook: Hook | undefined, pod: Pod): boolean {
  if (!hook) return false;
  const labels = Object.entries(hook.labelsHandler ?? {});
  const labelled = labels.length > 0 && labels.every(([key, text]) => pod.metadata.labels?.[key] === text);
  return labelled || (hook.finalizersHandler ?? []).some((name) => pod.metadata.finalizers?.includes(name));
}

/** The hook before a beginning holds a Pod until all its labels are there. */
export function awaits(hook: Hook | undefined, pod: Pod): boolean {
  return Object.entries(hook?.labelsHandler ?? {}).some(([key, text]) => pod.metadata.labels?.[key] !== text);
}
