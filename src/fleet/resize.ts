/**
 * Resize in place: what a Pod asks for (spec), what its host grants (allocatedResources), and what is in force
 * (resources). A wish beyond the host is infeasible, one beyond what is free now is deferred until others leave. What is
 * granted comes into force unless a memory limit would fall below what is used: then it is blocked until less is used.
 */
import { isDeepStrictEqual } from 'node:util';
import { type core, value } from '../kube/index.ts';
import { type Amounts, amountsOf, podAmounts, type Shortage, shortageOf, shortageText } from './amounts.ts';
import type { ContainerRecord } from './container-record.ts';
import type { PodLife } from './pod-life.ts';
import { containerUsage } from './usage.ts';

export interface ResizeState {
  readonly phase: 'none' | 'possible' | 'infeasible' | 'deferred' | 'underway' | 'blocked';
  readonly message: string;
}

const NONE: ResizeState = { phase: 'none', message: '' };

export function resizeOf(life: PodLife): ResizeState {
  const wanting = life.containers.filter(isResized);
  if (wanting.length === 0 || life.terminating || life.ending) return NONE;
  const granted = wanting.every((c) => sameAmounts(c.spec.resources?.requests, c.status.allocatedResources));
  if (granted && (life.resize.phase === 'underway' || life.resize.phase === 'blocked')) return underway(wanting, life);
  const wish = podAmounts(life.pod);
  const capacity = amountsOf(life.host.allocatable);
  const never = shortageOf(wish, {}, capacity);
  if (never) return { phase: 'infeasible', message: capacityText(never) };
  const now = shortageOf(wish, life.host.granted(life.pod.metadata.uid), capacity);
  return now ? { phase: 'deferred', message: shortageText(now) } : { phase: 'possible', message: '' };
}

function underway(wanting: readonly ContainerRecord[], life: PodLife): ResizeState {
  const faults = wanting.map((c) => limitFault(c, life)).filter((fault) => fault !== undefined);
  if (faults.length === 0) return { phase: 'underway', message: '' };
  const list = faults.length === 1 ? faults[0] : `[${faults.join(', ')}]`;
  return { phase: 'blocked', message: `cannot decrease memory limits: ${list}` };
}

/** A container that starts anew begins with little. */
function limitFault(c: ContainerRecord, life: PodLife): string | undefined {
  const wished = c.spec.resources?.limits?.memory;
  const inForce = c.status.resources?.limits?.memory;
  if (wished === undefined || wantsRestart(c)) return undefined;
  if (inForce !== undefined && value(wished) >= value(inForce)) return undefined;
  const { memory } = containerUsage(c, life, life.now);
  if (memory < value(wished)) return undefined;
  return `attempting to set container "${c.spec.name}" memory limit (${value(wished)}) below current usage (${memory})`;
}

/** Writes down that the wish has to wait or cannot be met. */
export function noteResize(life: PodLife): void {
  const { phase, message } = resizeOf(life);
  const told = phase === 'infeasible' || phase === 'deferred' || phase === 'blocked';
  life.resize = { phase: told ? phase : 'none', message };
}

/** The wish as a kubelet's events tell it. */
export function resizeSummary(life: PodLife): string {
  const of = (list: readonly core.Container[] = []) =>
    list.map(({ name, resources = {} }) => ({ name, resources: ordered(resources) }));
  const { initContainers, containers } = life.pod.spec;
  const { message } = resizeOf(life);
  return JSON.stringify({
    ...(initContainers && { initContainers: of(initContainers) }),
    containers: of(containers),
    generation: life.pod.metadata.generation ?? 0,
    ...(message && { error: message }),
  });
}

function ordered({ limits, requests }: core.ResourceRequirements): core.ResourceRequirements {
  return { ...(limits && { limits }), ...(requests && { requests }) };
}

/** The host sets the resources aside. */
export function grant(life: PodLife): void {
  life.resize = { phase: 'underway', message: '' };
  for (const c of life.containers)
    if (isResized(c)) c.status = { ...c.status, allocatedResources: c.spec.resources?.requests ?? {} };
}

/** The resources come into force; containers whose policy wants that start anew. */
export function actuate(life: PodLife): void {
  for (const c of life.containers) {
    if (!isResized(c)) continue;
    if (wantsRestart(c)) Object.assign(c.memory, { stopping: true, replacing: true });
    c.status = { ...c.status, resources: c.spec.resources ?? {} };
  }
  life.resize = { phase: 'none', message: '' };
}

/** What the Pod's host has granted it. */
export function grantedTo(life: PodLife): Amounts {
  const granted = new Map(life.containers.map((c) => [c.spec.name, c.status.allocatedResources]));
  return podAmounts(life.pod, (name) => granted.get(name));
}

function capacityText({ resource, requested, capacity }: Shortage): string {
  return `Node didn't have enough capacity: ${resource}, requested: ${requested}, capacity: ${capacity}`;
}

function isResized(c: ContainerRecord): boolean {
  if (!c.status.state.running || c.memory.replacing || c.status.resources === undefined) return false;
  const { requests, limits } = c.spec.resources ?? {};
  return !sameAmounts(requests, c.status.resources.requests) || !sameAmounts(limits, c.status.resources.limits);
}

function wantsRestart(c: ContainerRecord): boolean {
  const { requests: r0, limits: l0 } = c.status.resources ?? {};
  const { requests: r1, limits: l1 } = c.spec.resources ?? {};
  return (c.spec.resizePolicy ?? []).some(
    ({ resourceName: name, restartPolicy }) =>
      restartPolicy === 'RestartContainer' && (r0?.[name] !== r1?.[name] || l0?.[name] !== l1?.[name]),
  );
}

type Requests = core.ResourceRequirements['requests'];

function sameAmounts(a: Requests, b: Requests): boolean {
  return isDeepStrictEqual(a ?? {}, b ?? {});
}
