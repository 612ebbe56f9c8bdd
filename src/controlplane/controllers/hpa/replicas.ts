/** How many replicas one metric of CPU or memory asks for: usage over target, with care for Pods of which little is known. */
import { conditionOf, milli, type Pod } from '../../../kube/index.ts';
import type { Sample } from './samples.ts';

export interface Tolerance {
  readonly up: number;
  readonly down: number;
}

export interface ReplicaQuestion {
  readonly pods: readonly Pod[];
  readonly samples: ReadonlyMap<string, Sample>;
  readonly resource: string;
  readonly container?: string;
  readonly currentReplicas: number;
  /** A percentage of the request, or thousandths of the resource's unit, for each Pod. */
  readonly target: { readonly utilization: number } | { readonly value: number };
  readonly tolerance: Tolerance;
  readonly now: number;
}

export interface ReplicaAnswer {
  readonly replicas: number;
  /** The mean over the Pods measured, in thousandths. */
  readonly average: number;
  /** The same in percent of the requests, where that is the target. */
  readonly utilization?: number;
}

/** CPU use of a Pod's first minutes says little: it may still be starting. */
const INITIALIZATION_MS = 300_000;
/** A Pod that turned unready so soon after its start has never been ready. */
const FIRST_READINESS_MS = 30_000;

/** In words where no number can be found. */
export function replicasFor(question: ReplicaQuestion): ReplicaAnswer | { readonly fault: string } {
  const { pods, resource, container, target, currentReplicas } = question;
  if (pods.length === 0) return { fault: 'no pods returned by selector while calculating replica count' };
  const groups = group(question);
  const values = new Map([...question.samples].map(([name, { value }]) => [name, value]));
  for (const name of [...groups.ignored, ...groups.unready]) values.delete(name);
  if (values.size === 0) return { fault: 'did not receive metrics for targeted pods (pods might be unready)' };
  const requests = 'utilization' in target ? requestsOf(pods, resource, container) : undefined;
  if (requests && 'fault' in requests) return requests;
  const measured = measure(values, requests, target);
  if ('fault' in measured) return measured;
  const { ratio: _, ...seen } = measured;
  const decided = settle(question, groups, values, { requests, ratio: measured.ratio });
  return { replicas: decided ?? currentReplicas, ...seen };
}

interface Groups {
  ready: number;
  readonly unready: Set<string>;
  readonly missing: Set<string>;
  readonly ignored: Set<string>;
}

function group({ pods, samples, resource, now }: ReplicaQuestion): Groups {
  const groups: Groups = { ready: 0, unready: new Set(), missing: new Set(), ignored: new Set() };
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    const sample = samples.get(name);
    const phase = pod.status?.phase;
    if (deletionTimestamp || phase === 'Failed') groups.ignored.add(name);
    else if (phase === 'Pending') groups.unready.add(name);
    else if (!sample) groups.missing.add(name);
    else if (resource === 'cpu' && isUnready(pod, sample, now)) groups.unready.add(name);
    else groups.ready++;
  }
  return groups;
}

function isUnready(pod: Pod, sample: Sample, now: number): boolean {
  const ready = conditionOf(pod, 'Ready');
  const started = Date.parse(pod.status?.startTime ?? '');
  if (!ready || Number.isNaN(started)) return true;
  const changed = Date.parse(ready.lastTransitionTime ?? '') || 0;
  if (started + INITIALIZATION_MS > now) return ready.status === 'False' || sample.at < changed + sample.windowMs;
  return ready.status === 'False' && started + FIRST_READINESS_MS > changed;
}

type Requests = ReadonlyMap<string, number>;

function requestsOf(
  pods: readonly Pod[],
  resource: string,
  container: string | undefined,
): Requests | { readonly fault: string } {
  const requests = new Map<string, number>();
  for (const pod of pods) {
    const request = requestOf(pod, resource, container);
    if (typeof request === 'string') return { fault: request };
    requests.set(pod.metadata.name, request);
  }
  return requests;
}

/** What the Pod as a whole asks for comes before the sum over its containers. */
function requestOf({ metadata, spec }: Pod, resource: string, container: string | undefined): number | string {
  const whole = (spec as { resources?: { requests?: Record<string, string> } }).resources?.requests?.[resource];
  if (whole !== undefined && container === undefined) return milli(whole);
  const sidecars = (spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  const counted = [...spec.containers, ...sidecars].filter((c) => container === undefined || c.name === container);
  if (counted.length === 0) return `container ${container} not found in Pod ${metadata.name}`;
  let sum = 0;
  for (const { name, resources } of counted) {
    const request = resources?.requests?.[resource];
    if (request === undefined) return `missing request for ${resource} in container ${name} of Pod ${metadata.name}`;
    sum += milli(request);
  }
  return sum;
}

type Measured = { readonly ratio: number; readonly average: number; readonly utilization?: number };

function measure(
  values: ReadonlyMap<string, number>,
  requests: Requests | undefined,
  target: ReplicaQuestion['target'],
): Measured | { readonly fault: string } {
  if (!requests || 'value' in target) {
    const average = Math.floor(sum(values.values()) / values.size);
    return { ratio: average / (target as { value: number }).value, average };
  }
  const known = [...values].filter(([name]) => requests.has(name));
  const total = sum(known.map(([, value]) => value));
  const asked = sum(known.map(([name]) => requests.get(name)!));
  if (asked === 0) return { fault: 'no metrics returned matched known pods' };
  const utilization = Math.floor((total * 100) / asked);
  return { ratio: utilization / target.utilization, utilization, average: Math.floor(total / known.length) };
}

/** Undefined: as many as now. Pods that tell nothing are taken to speak against the change that the others ask for. */
function settle(
  { target, tolerance, currentReplicas }: ReplicaQuestion,
  { ready, unready, missing }: Groups,
  values: Map<string, number>,
  { requests, ratio }: { requests: Requests | undefined; ratio: number },
): number | undefined {
  const growsWithUnready = unready.size > 0 && ratio > 1;
  if (!growsWithUnready && missing.size === 0) return isWithin(ratio, tolerance) ? undefined : Math.ceil(ratio * ready);
  for (const name of missing)
    if (ratio < 1) values.set(name, fullUse(name, requests, target));
    else if (ratio > 1) values.set(name, 0);
  if (growsWithUnready) for (const name of unready) values.set(name, 0);
  const again = measure(values, requests, target);
  if ('fault' in again) return undefined;
  if (isWithin(again.ratio, tolerance) || (ratio < 1 && again.ratio > 1) || (ratio > 1 && again.ratio < 1))
    return undefined;
  const replicas = Math.ceil(again.ratio * values.size);
  const turns = again.ratio < 1 ? replicas > currentReplicas : replicas < currentReplicas;
  return turns ? undefined : replicas;
}

function fullUse(name: string, requests: Requests | undefined, target: ReplicaQuestion['target']): number {
  if ('value' in target) return target.value;
  return Math.floor(((requests?.get(name) ?? 0) * Math.max(100, target.utilization)) / 100);
}

function isWithin(ratio: number, { up, down }: Tolerance): boolean {
  return 1 - down <= ratio && ratio <= 1 + up;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
