/** What a PodRebuild should do next: which Pods it asks for now, and how far it is. Pure. */
import { scaled } from '../control/index.ts';
import { type Pod, rfc3339 } from '../kube/index.ts';
import type { PodRebuild } from '../resources/index.ts';
import { GROUP, STATE } from './marks.ts';
import { type RebuildRequest, requested, requestOf } from './record.ts';

type Status = NonNullable<PodRebuild['status']>;
type PodRecord = NonNullable<Status['pods']>[number];

export interface RequestWorld {
  readonly request: PodRebuild;
  /** The Pods it is about, as they are now, by name. */
  readonly pods: ReadonlyMap<string, Pod>;
  /** Does the request of this uid still exist, and has it not ended? */
  readonly isAlive: (uid: string) => boolean;
  readonly now: number;
}

export interface RequestPlan {
  readonly status: Status;
  /** Requests to write on Pods; null takes one off. */
  readonly marks: readonly { readonly pod: Pod; readonly request: RebuildRequest | null }[];
  readonly wait: number | undefined;
}

/** More would make the object too large. */
export const MOST_PODS = 500;

/** The first look: containers as they are now. One that restarts by itself afterwards has been rebuilt. */
export function firstStatus({ request, pods, now }: RequestWorld): Status {
  const records = [...pods.values()]
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .slice(0, MOST_PODS)
    .map((pod) => recordOf(request, pod));
  const missing = (request.spec.podNames ?? []).filter((name) => !pods.has(name));
  const absent = missing.map(
    (podName): PodRecord => ({ podName, uid: '', phase: 'Failed', message: 'there is no such Pod of a Group' }),
  );
  return summary({ startTime: rfc3339(now) }, [...records, ...absent], now);
}

export function planRequest(world: RequestWorld): RequestPlan {
  const { request, pods, now } = world;
  const before = request.status ?? {};
  const late = deadline(request) - now <= 0;
  const marks: { pod: Pod; request: RebuildRequest | null }[] = [];
  let wait: number | undefined;
  let active = (before.pods ?? []).filter(({ podName }) => isOurs(pods.get(podName), request)).length;
  const limit = limitOf(request, before.total ?? 0);
  const records = (before.pods ?? []).map((record): PodRecord => {
    if (record.phase !== 'Pending' && record.phase !== 'Rebuilding') return record;
    const pod = pods.get(record.podName);
    if (pod?.metadata.uid !== record.uid)
      return { ...record, phase: 'Skipped', message: 'the Pod has been made anew since' };
    const ours = isOurs(pod, request);
    const left = remaining(pod, record, request, now);
    if (left === 'done') {
      if (ours) marks.push({ pod, request: null });
      return { ...record, phase: 'Succeeded' };
    }
    if (late) {
      if (ours) marks.push({ pod, request: null });
      return { ...record, phase: 'Failed', message: 'not rebuilt within activeDeadlineSeconds' };
    }
    if (typeof left === 'number') wait = Math.min(wait ?? left, left);
    if (ours) return { ...record, phase: 'Rebuilding' };
    const other = requestOf(pod);
    if (other && world.isAlive(other.request)) return { ...record, phase: 'Pending' };
    if (active >= limit) return { ...record, phase: 'Pending' };
    active++;
    const containers = Object.fromEntries((record.containers ?? []).map((c) => [c.name, c.containerID ?? '']));
    marks.push({ pod, request: { request: request.metadata.uid, containers } });
    return { ...record, phase: 'Rebuilding' };
  });
  const until = Number.isFinite(deadline(request)) ? deadline(request) - now : undefined;
  const status = summary(before, records, now);
  return { status, marks, wait: isOver(status) ? undefined : min(wait, until) };
}

export function isOver(status: PodRebuild['status']): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function recordOf({ spec }: PodRebuild, pod: Pod): PodRecord {
  const { name: podName, uid } = pod.metadata;
  const wanted = spec.containers ?? pod.spec.containers.map(({ name }) => name);
  const unknown = wanted.find((name) => !pod.spec.containers.some((container) => container.name === name));
  if (unknown) return { podName, uid, phase: 'Failed', message: `it has no container ${unknown}` };
  if (!pod.metadata.labels?.[GROUP]) return { podName, uid, phase: 'Failed', message: 'it is no Pod of a Group' };
  const containers = wanted.map((name) => {
    const status = pod.status?.containerStatuses?.find((one) => one.name === name);
    return {
      name,
      ...(status?.containerID && { containerID: status.containerID }),
      restartCount: status?.restartCount ?? 0,
    };
  });
  return { podName, uid, phase: 'Pending', containers };
}

/** Done when every container is another than at the first look, has run for long enough, and the Pod is at rest again. */
function remaining(pod: Pod, record: PodRecord, { spec }: PodRebuild, now: number): 'done' | number | undefined {
  const recorded = new Map((record.containers ?? []).map((c) => [c.name, c.containerID ?? '']));
  const statuses = (pod.status?.containerStatuses ?? []).filter(({ name }) => recorded.has(name));
  const anew = statuses.every(
    ({ name, containerID, state }) => containerID && containerID !== recorded.get(name) && state?.running,
  );
  if (!anew || statuses.length < recorded.size || requested(pod).length > 0) return undefined;
  if (pod.metadata.labels?.[STATE] !== 'Normal') return undefined;
  const started = statuses.map(({ state }) => Date.parse(state?.running?.startedAt ?? ''));
  const left = Math.max(...started) + spec.strategy.minStartedSeconds * 1000 - now;
  return left > 0 ? left : 'done';
}

function isOurs(pod: Pod | undefined, { metadata }: PodRebuild): boolean {
  return pod !== undefined && requestOf(pod)?.request === metadata.uid;
}

function limitOf({ spec }: PodRebuild, total: number): number {
  const { maxUnavailable } = spec.strategy;
  return maxUnavailable === undefined ? Number.POSITIVE_INFINITY : Math.max(1, scaled(maxUnavailable, total, 'down'));
}

function deadline({ spec, status }: PodRebuild): number {
  const begun = Date.parse(status?.startTime ?? '');
  return spec.activeDeadlineSeconds === undefined
    ? Number.POSITIVE_INFINITY
    : begun + spec.activeDeadlineSeconds * 1000;
}

function summary(before: Status, pods: PodRecord[], now: number): Status {
  const count = (...phases: string[]) => pods.filter(({ phase }) => phases.includes(phase)).length;
  const open = count('Pending', 'Rebuilding');
  const phase = open > 0 ? 'Running' : count('Failed') > 0 || pods.length === 0 ? 'Failed' : 'Succeeded';
  return {
    ...before,
    phase,
    total: pods.length,
    succeeded: count('Succeeded'),
    failed: count('Failed'),
    pods,
    ...(open === 0 && !before.completionTime && { completionTime: rfc3339(now) }),
  };
}

function min(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}
