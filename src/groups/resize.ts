/** Changing a Pod's amounts of processor and memory while it lives. */
import { compareQuantities, conditionOf, type core, isStatus, type Pod } from '../kube/index.ts';
import type { Surroundings } from './advance.ts';
import type { Change, Resources } from './change.ts';
import type { UpdateRecord } from './record.ts';

/** What the Pod does not ask for yet, by container; undefined when it asks for all of it. */
export function resizeWish(pod: Pod, { resources }: Pick<Change, 'resources'>): Change['resources'] | undefined {
  const wish: Record<string, Resources> = {};
  for (const container of containersOf(pod)) {
    const wanted = resources[container.name];
    if (wanted && !asksFor(container.resources, wanted)) wish[container.name] = amountsOf(wanted);
  }
  return Object.keys(wish).length > 0 ? wish : undefined;
}

export type ResizeOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'wait'; readonly ms?: number }
  /** Its host will not do it, and the Group wants it elsewhere then. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'refused'; readonly message: string };

export function resizeOutcome(pod: Pod, record: UpdateRecord | undefined, around: Surroundings): ResizeOutcome {
  if (isInForce(pod)) return { kind: 'done' };
  const pending = conditionOf(pod, 'PodResizePending');
  if (pending?.status === 'True' && isCurrent(pod, pending)) {
    const { deferredTimeoutSeconds } = around.spec.updateStrategy.rollingUpdate.resize;
    const left = (record?.since ?? around.now) + deferredTimeoutSeconds * 1000 - around.now;
    if (pending.reason !== 'Infeasible' && left > 0) return { kind: 'wait', ms: left };
    return infeasible(pod, pending.message ?? pending.reason ?? 'refused', around);
  }
  return { kind: 'wait' };
}

/** Its host has no room for it, or none for too long: what the Group wants then. */
export function infeasible(pod: Pod, why: string, { spec }: Pick<Surroundings, 'spec'>): ResizeOutcome {
  const { whenInfeasible } = spec.updateStrategy.rollingUpdate.resize;
  if (whenInfeasible === 'Wait') return { kind: 'wait' };
  if (whenInfeasible === 'Recreate') return { kind: 'elsewhere' };
  return { kind: 'refused', message: `Pod ${pod.metadata.name}: ${why}` };
}

/** From 1.36 on it is the API server that refuses what is more than the Pod's host has. */
export function lacksRoom(error: unknown): boolean {
  return (
    isStatus(error, 'Forbidden') && (error.status.details?.causes ?? []).some(({ reason }) => reason === 'NodeCapacity')
  );
}

/** Why a resize does not come about, for people; undefined while it does. */
export function resizeTrouble(pod: Pod): string | undefined {
  const pending = conditionOf(pod, 'PodResizePending');
  if (pending?.status === 'True') return `${pending.reason}: ${pending.message ?? ''}`.trim();
  const progress = conditionOf(pod, 'PodResizeInProgress');
  return progress?.reason === 'Error' ? `Error: ${progress.message ?? ''}`.trim() : undefined;
}

/** The host has seen the wish, has no part of it before it, and reports the amounts as in force. */
function isInForce(pod: Pod): boolean {
  if ((observedGeneration(pod) ?? 0) < (pod.metadata.generation ?? 0)) return false;
  if (conditionOf(pod, 'PodResizeInProgress')?.status === 'True') return false;
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  return containersOf(pod).every(({ name, resources = {} }) => {
    const inForce = (statuses.find((status) => status.name === name) as { resources?: Resources } | undefined)
      ?.resources;
    return inForce === undefined || asksFor(inForce, amountsOf(resources));
  });
}

/** The generation that the host has acted upon. */
export function observedGeneration(pod: Pod): number | undefined {
  return (pod.status as { observedGeneration?: number } | undefined)?.observedGeneration;
}

function isCurrent(pod: Pod, condition: object): boolean {
  const { observedGeneration: seen } = condition as { observedGeneration?: number };
  return seen === undefined || seen >= (pod.metadata.generation ?? 0);
}

/** A server may have filled in more than was asked for; only what was asked for counts. */
function asksFor(has: Resources = {}, wanted: Resources): boolean {
  return (['requests', 'limits'] as const).every((kind) =>
    Object.entries(wanted[kind] ?? {}).every(([name, amount]) => {
      const there = has[kind]?.[name];
      return there !== undefined && sameAmount(there, amount);
    }),
  );
}

function amountsOf({ requests, limits }: Resources): Resources {
  return { ...(requests && { requests }), ...(limits && { limits }) };
}

function containersOf({ spec }: Pod): core.Container[] {
  return [...spec.containers, ...(spec.initContainers ?? [])];
}

/** Of texts that are no amounts only the same ones are equal: the server will have its say. */
export function sameAmount(a: string, b: string): boolean {
  if (a === b) return true;
  try {
    return compareQuantities(a, b) === 0;
  } catch {
    return false;
  }
}
