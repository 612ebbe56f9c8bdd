/**
 * Resize in place: what a Pod asks for (spec), what its host grants (allocatedResources), and what is in force
 * (resources). A wish beyond the host is infeasible, one beyond what is free now is deferred until others leave.
 */
import { isDeepStrictEqual } from 'node:util';
import { bytes, type core, milli } from '../kube/index.ts';
import type { ContainerRecord } from './container-record.ts';
import type { PodLife } from './pod-life.ts';

export interface ResizeState {
  readonly phase: 'none' | 'possible' | 'infeasible' | 'deferred' | 'underway';
  readonly message: string;
}

const NONE: ResizeState = { phase: 'none', message: '' };

export function resizeOf(life: PodLife): ResizeState {
  const wanting = life.containers.filter(isResized);
  if (wanting.length === 0 || life.terminating || life.ending) return NONE;
  if (wanting.every((c) => sameAmounts(c.spec.resources?.requests, c.status.allocatedResources)) && underway(life))
    return { phase: 'underway', message: '' };
  const wish = sumOf(life.containers.map((c) => c.spec.resources?.requests));
  const room = { cpu: milli(life.host.allocatable.cpu ?? 0), memory: bytes(life.host.allocatable.memory ?? 0) };
  const others = life.host.granted(life.pod.metadata.uid);
  for (const resource of ['cpu', 'memory'] as const) {
    if (wish[resource] > room[resource])
      return {
        phase: 'infeasible',
        message: `Node didn't have enough capacity: ${resource}, requested: ${wish[resource]}, capacity: ${room[resource]}`,
      };
    if (wish[resource] + others[resource] > room[resource])
      return {
        phase: 'deferred',
        message: `Node didn't have enough resource: ${resource}, requested: ${wish[resource]}, used: ${others[resource]}, capacity: ${room[resource]}`,
      };
  }
  return { phase: 'possible', message: '' };
}

/** Writes down that the wish has to wait or cannot be met. */
export function noteResize(life: PodLife): void {
  const { phase, message } = resizeOf(life);
  life.resize = { phase: phase === 'infeasible' || phase === 'deferred' ? phase : 'none', message };
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

/** The requests that a Pod's host has granted it. */
export function grantedTo(life: PodLife): { cpu: number; memory: number } {
  return sumOf(life.containers.map((c) => c.status.allocatedResources ?? c.spec.resources?.requests));
}

function underway(life: PodLife): boolean {
  return life.resize.phase === 'underway';
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

type Amounts = core.ResourceRequirements['requests'];

function sameAmounts(a: Amounts, b: Amounts): boolean {
  return isDeepStrictEqual(a ?? {}, b ?? {});
}

function sumOf(list: readonly Amounts[]): { cpu: number; memory: number } {
  const sum = { cpu: 0, memory: 0 };
  for (const requests of list) {
    if (requests?.cpu) sum.cpu += milli(requests.cpu);
    if (requests?.memory) sum.memory += bytes(requests.memory);
  }
  return sum;
}
