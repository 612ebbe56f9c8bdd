/** How two revisions differ, and what it takes to bring a Pod of one to the other. */
import { sameJson } from '../control/index.ts';
import type { core } from '../kube/index.ts';
import { sameAmount } from './resize.ts';
import type { Material } from './revision.ts';

export type Resources = core.ResourceRequirements;

export interface Change {
  /** Values to set; null takes away. */
  readonly labels: Readonly<Record<string, string | null>>;
  readonly annotations: Readonly<Record<string, string | null>>;
  /** New image by container. */
  readonly images: Readonly<Record<string, string>>;
  /** New images of init containers that run beside the others. */
  readonly sidecarImages: Readonly<Record<string, string>>;
  /** Requests and limits by container. */
  readonly resources: Readonly<Record<string, Resources>>;
  /** Containers that must start anew though their image is the same: they read what changes only when they start. */
  readonly rereads: readonly string[];
  /** Fields that cannot change in a Pod. */
  readonly fixed: readonly string[];
}

export type Level = 'None' | 'Dynamic' | 'Resize' | 'Rebuild' | 'Recreate';

export function levelOf(change: Change): Level {
  if (change.fixed.length > 0) return 'Recreate';
  if (restarted(change).length > 0) return 'Rebuild';
  if (Object.keys(change.resources).length > 0) return 'Resize';
  return Object.keys(change.labels).length + Object.keys(change.annotations).length > 0 ? 'Dynamic' : 'None';
}

/** Containers that start anew. */
export function restarted({ images, sidecarImages, rereads }: Change): string[] {
  return [...new Set([...Object.keys(images), ...Object.keys(sidecarImages), ...rereads])];
}

const changes = new WeakMap<Material, WeakMap<Material, Change>>();

/** Compares revisions, never a Pod with a revision: what others have put into the Pod is none of our business. */
export function changeBetween(from: Material, to: Material): Change {
  const known = changes.get(from)?.get(to);
  if (known) return known;
  const change = compare(from, to);
  const row = changes.get(from) ?? new WeakMap<Material, Change>();
  changes.set(from, row.set(to, change));
  return change;
}

function compare(from: Material, to: Material): Change {
  const labels = difference(from.labels, to.labels);
  const annotations = difference(from.annotations, to.annotations);
  const app = compareContainers(from.spec.containers, to.spec.containers, 'containers');
  const init = compareContainers(from.spec.initContainers ?? [], to.spec.initContainers ?? [], 'initContainers');
  const fixed = [
    ...app.fixed,
    ...init.fixed,
    ...lateImages(to.spec, init.images),
    ...otherFields(from.spec, to.spec),
    ...(sameJson(from.finalizers, to.finalizers) ? [] : ['metadata.finalizers']),
  ];
  const resources = { ...app.resources, ...init.resources };
  if (Object.keys(resources).length > 0 && qosOf(from.spec) !== qosOf(to.spec)) fixed.push('spec QoS class');
  return {
    labels,
    annotations,
    images: app.images,
    sidecarImages: init.images,
    resources,
    rereads: to.spec.containers.filter((container) => reads(container, labels, annotations)).map(({ name }) => name),
    fixed,
  };
}

interface ContainerChanges {
  readonly images: Record<string, string>;
  readonly resources: Record<string, Resources>;
  readonly fixed: string[];
}

function compareContainers(
  from: readonly core.Container[],
  to: readonly core.Container[],
  where: string,
): ContainerChanges {
  const result: ContainerChanges = { images: {}, resources: {}, fixed: [] };
  if (!sameJson(from.map(nameOf), to.map(nameOf))) return { ...result, fixed: [`spec.${where}`] };
  for (const [i, before] of from.entries()) compareContainer(before, to[i]!, `spec.${where}[${before.name}]`, result);
  return result;
}

function compareContainer(from: core.Container, to: core.Container, path: string, result: ContainerChanges): void {
  const { image: imageA = '', resources: resourcesA = {}, ...restA } = from;
  const { image: imageB = '', resources: resourcesB = {}, ...restB } = to;
  if (imageA !== imageB) result.images[to.name] = imageB;
  if (!sameJson(resourcesA, resourcesB)) {
    if (resizable(resourcesA, resourcesB)) result.resources[to.name] = resourcesB;
    else result.fixed.push(`${path}.resources`);
  }
  result.fixed.push(...differing(restA, restB).map((field) => `${path}.${field}`));
}

/** Processor and memory may change their amounts; nothing may come or go, and no other resource may change. */
function resizable(from: Resources, to: Resources): boolean {
  if (!sameJson(from.claims, to.claims)) return false;
  return (['requests', 'limits'] as const).every((kind) => {
    const [before, after] = [from[kind] ?? {}, to[kind] ?? {}];
    if (!sameJson(Object.keys(before).sort(), Object.keys(after).sort())) return false;
    return Object.keys(before).every(
      (name) => name === 'cpu' || name === 'memory' || sameAmount(before[name]!, after[name]!),
    );
  });
}

/** An init container that has run will not run again in this Pod; one that runs beside the others is like them. */
function lateImages(spec: core.PodSpec, images: Record<string, string>): string[] {
  const beside = new Set(spec.initContainers?.filter((c) => c.restartPolicy === 'Always').map(nameOf));
  return Object.keys(images)
    .filter((name) => !beside.has(name))
    .map((name) => `spec.initContainers[${name}].image`);
}

function otherFields(from: core.PodSpec, to: core.PodSpec): string[] {
  const { containers: _, initContainers: __, ...a } = from;
  const { containers: ___, initContainers: ____, ...b } = to;
  return differing(a, b).map((field) => `spec.${field}`);
}

function differing(a: object, b: object): string[] {
  const [before, after] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (field) => !sameJson(before[field], after[field]),
  );
}

function difference(
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>>,
): Record<string, string | null> {
  const result: Record<string, string | null> = {};
  for (const key of Object.keys(from)) if (!(key in to)) result[key] = null;
  for (const [key, text] of Object.entries(to)) if (from[key] !== text) result[key] = text;
  return result;
}

/** Does a variable of the container come from one of these labels or annotations? */
function reads(container: core.Container, labels: object, annotations: object): boolean {
  return (container.env ?? []).some(({ valueFrom }) => {
    const match = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(valueFrom?.fieldRef?.fieldPath ?? '');
    return match !== null && match[2]! in (match[1] === 'labels' ? labels : annotations);
  });
}

/** Guaranteed, Burstable or BestEffort, as a kubelet reckons it. */
export function qosOf(spec: core.PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const all = [...spec.containers, ...(spec.initContainers ?? [])].map(({ resources = {} }) => resources);
  const none = all.every(({ requests = {}, limits = {} }) =>
    ['cpu', 'memory'].every((name) => !(name in requests) && !(name in limits)),
  );
  if (none) return 'BestEffort';
  const full = all.every(({ requests = {}, limits = {} }) =>
    ['cpu', 'memory'].every((name) => name in limits && sameAmount(requests[name] ?? limits[name]!, limits[name]!)),
  );
  return full ? 'Guaranteed' : 'Burstable';
}

function nameOf({ name }: core.Container): string {
  return name;
}
