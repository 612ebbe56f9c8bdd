/** Taking a Pod out of service before its containers are touched, and waiting until nobody sends it anything. */
import { conditionOf } from '../kube/index.ts';
import type { GroupSpec } from '../resources/index.ts';
import type { Surroundings, Work } from './advance.ts';
import { restarted } from './change.ts';
import { GATE } from './marks.ts';
import type { Member } from './member.ts';

export function needsDrain(member: Member, { change, level }: Work, spec: GroupSpec): boolean {
  const { drain, skipDrainContainers } = spec.updateStrategy.rollingUpdate.rebuild;
  if (drain === 'None' || level === 'None' || level === 'Dynamic') return false;
  if (level === 'Recreate') return true;
  const interrupted = [...restarted(change), ...restartedByResize(member, Object.keys(change.resources))];
  return interrupted.some((name) => !skipDrainContainers.includes(name));
}

/** Containers that their host starts anew when amounts change. */
function restartedByResize({ pod }: Member, resized: readonly string[]): string[] {
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  return all
    .filter(({ name }) => resized.includes(name))
    .filter(({ resizePolicy = [] }) => resizePolicy.some((one) => one.restartPolicy === 'RestartContainer'))
    .map(({ name }) => name);
}

export type Drained = { readonly done: true } | { readonly done: false; readonly ms?: number };

/** Has the Pod been out of service for as long as the Group asks, and does everybody know? */
export function drained(member: Member, { spec, now, unserved }: Surroundings): Drained {
  const { gracePeriodSeconds, drain } = spec.updateStrategy.rollingUpdate.rebuild;
  if (member.gateOpen || drain === 'None') return { done: true };
  const since = Date.parse(conditionOf(member.pod, GATE)?.lastTransitionTime ?? '');
  const left = Number.isNaN(since) ? 0 : since + gracePeriodSeconds * 1000 - now;
  if (left > 0) return { done: false, ms: left };
  return drain !== 'EndpointAck' || unserved(member) ? { done: true } : { done: false };
}
