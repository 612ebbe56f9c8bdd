/** Making containers anew in their Pod: which images are written, in which order, and when it has been done. */
import type { core, Pod } from '../kube/index.ts';
import type { Surroundings } from './advance.ts';
import { type Change, restarted } from './change.ts';
import { namesSame, otherSpelling } from './image-ref.ts';
import { materialOf } from './material.ts';
import type { UpdateRecord } from './record.ts';
import { observedGeneration } from './resize.ts';
import type { Version } from './revision.ts';

export interface Rebuild {
  /** By container. */
  readonly images: Readonly<Record<string, string>>;
  /** By init container. */
  readonly sidecarImages: Readonly<Record<string, string>>;
  readonly record: UpdateRecord;
}

/** A host whose clock is behind gets so much longer to replace a container before it is believed that it has. */
const CLOCK_PATIENCE_MS = 30_000;

/**
 * The containers that come first; `impossible` when one cannot be told apart from itself: its digest is not known. Containers
 * of an update under way that their host has not replaced yet stay with it, whatever else is wanted of the Pod now.
 */
export function firstBatch(
  pod: Pod,
  change: Change,
  version: Version,
  around: Surroundings,
  underWay?: UpdateRecord,
): Rebuild | 'impossible' {
  const touched = restarted(change).filter((name) => wouldRestart(pod, change, version, name));
  const pending = Object.keys(underWay?.old ?? {}).filter((name) => !isReplaced(pod, underWay, name));
  return batch(pod, [...new Set([...pending, ...touched])], version, around, underWay);
}

/** When all before have started and are ready, the ones that waited for them. */
export function nextBatch(
  pod: Pod,
  record: UpdateRecord | undefined,
  version: Version,
  around: Surroundings,
): Rebuild | undefined {
  const todo = record?.todo ?? [];
  if (todo.length === 0) return undefined;
  if (!Object.keys(record?.old ?? {}).every((name) => statusOf(pod, name)?.ready)) return undefined;
  const next = batch(pod, todo, version, around);
  return next === 'impossible' ? undefined : next;
}

/** True when every container is another than before and runs; a number of ms when time alone will tell. */
export function rebuildDone(pod: Pod, record: UpdateRecord | undefined, now: number): true | number | undefined {
  if (!hostKnows(pod)) return undefined;
  let wait: number | undefined;
  for (const [name, ids] of Object.entries(record?.old ?? {})) {
    const status = statusOf(pod, name);
    const startedAt = status?.state?.running?.startedAt;
    if (!startedAt || !status.containerID || ids.includes(status.containerID)) return undefined;
    const left = believed(pod, record!, startedAt) - now;
    if (left > 0) wait = Math.max(wait ?? 0, left);
  }
  return wait ?? true;
}

/**
 * When a container may be believed to be the new one. One that started after the host was told is. One that seems older
 * may have crashed and started by itself in between, before the host knew, and would then be replaced still; or the
 * host's clock is behind.
 */
function believed(pod: Pod, { told = 0 }: UpdateRecord, startedAt: string): number {
  const secondsOfHost = Math.floor(told / 1000) * 1000;
  if (Date.parse(startedAt) >= secondsOfHost) return 0;
  return told + (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000 + CLOCK_PATIENCE_MS;
}

/** A container that started by itself before the host knew of the change is an old one, too: to be remembered. */
export function recordSeen(pod: Pod, record: UpdateRecord | undefined): UpdateRecord | undefined {
  if (!record?.old || hostKnows(pod)) return undefined;
  const old: Record<string, readonly string[]> = { ...record.old };
  let more = false;
  for (const [name, ids] of Object.entries(record.old)) {
    const id = statusOf(pod, name)?.containerID;
    if (!id || ids.includes(id)) continue;
    old[name] = [...ids, id];
    more = true;
  }
  return more ? { ...record, old } : undefined;
}

/** Containers of an earlier batch have been replaced and are not spoken of any more. */
function batch(
  pod: Pod,
  touched: readonly string[],
  version: Version,
  around: Surroundings,
  underWay?: UpdateRecord,
): Rebuild | 'impossible' {
  const order = around.spec.updateStrategy.rollingUpdate.rebuild.containerOrder;
  const first = order.find((name) => touched.includes(name));
  const now = first === undefined ? touched : [first];
  const images: Record<string, string> = {};
  const sidecarImages: Record<string, string> = {};
  const old: Record<string, readonly string[]> = {};
  const was: Record<string, string> = {};
  for (const name of now) {
    const before = isReplaced(pod, underWay, name) ? undefined : underWay;
    const image = newImage(pod, version, name, before?.was?.[name]);
    if (image === undefined) return 'impossible';
    if (image !== currentImage(pod, name)) (isInit(pod, name) ? sidecarImages : images)[name] = image;
    old[name] = before?.old?.[name] ?? [statusOf(pod, name)?.containerID].filter((id) => id !== undefined);
    was[name] = before?.was?.[name] ?? currentImage(pod, name);
  }
  const todo = touched.filter((name) => !now.includes(name));
  const times = { since: around.now, told: around.now };
  const record = { revision: version.hash, ...times, old, was, ...(todo.length > 0 && { todo }) };
  return { images, sidecarImages, record };
}

/** Is the container another than those that were to be replaced, or none of them? */
function isReplaced(pod: Pod, record: UpdateRecord | undefined, name: string): boolean {
  const ids = record?.old?.[name];
  const id = statusOf(pod, name)?.containerID;
  return ids === undefined || (id !== undefined && !ids.includes(id));
}

/** An image that the Pod names already, in one spelling or the other, runs; only what must be read anew restarts it. */
function wouldRestart(pod: Pod, change: Change, version: Version, name: string): boolean {
  if (change.rereads.includes(name)) return true;
  return currentImage(pod, name) !== wantedImage(version, name, pod);
}

/**
 * Neither the name that the Pod has nor the one with which the running container started: the host may not have seen what
 * came in between, and would find nothing changed. One that does not run takes any name, and one that is on its way to the
 * wanted one already goes on.
 */
function newImage(pod: Pod, version: Version, name: string, was: string | undefined): string | undefined {
  const [wanted, current] = [wantedImage(version, name, pod), currentImage(pod, name)];
  const status = statusOf(pod, name);
  if (!status?.state?.running) return namesSame(wanted, current) ? current : wanted;
  if (namesSame(wanted, current) && was !== undefined && was !== current) return current;
  return otherSpelling(wanted, was === undefined ? [current] : [current, was], status.imageID);
}

function hostKnows(pod: Pod): boolean {
  return (observedGeneration(pod) ?? 0) >= (pod.metadata.generation ?? 0);
}

/** Of a container that others have put into the Pod: the one it has. */
function wantedImage(version: Version, name: string, pod: Pod): string {
  const { containers, initContainers = [] } = materialOf(version.data).spec;
  const own = [...containers, ...initContainers].find((container) => container.name === name);
  return own ? (own.image ?? '') : currentImage(pod, name);
}

function currentImage(pod: Pod, name: string): string {
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  return all.find((container) => container.name === name)?.image ?? '';
}

function isInit(pod: Pod, name: string): boolean {
  return pod.spec.initContainers?.some((container) => container.name === name) ?? false;
}

function statusOf(pod: Pod, name: string): core.ContainerStatus | undefined {
  const all = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  return all.find((status) => status.name === name);
}
