/** What a Pod remembers, in annotations, of an update under way or of a rebuild asked for. */
import type { Pod } from '../kube/index.ts';
import { REBUILD, UPDATE } from './marks.ts';

export interface UpdateRecord {
  /** Short name of the revision that the Pod is brought to. */
  readonly revision: string;
  /** When it was begun, in ms of the controller's clock. */
  readonly since: number;
  /** Containers that are to be replaced, with the ids they had; an id seen before the host knew of the change too. */
  readonly old?: Readonly<Record<string, readonly string[]>>;
  /** The image as the Pod named it when each of them started. */
  readonly was?: Readonly<Record<string, string>>;
  /** When the host was told, in ms. */
  readonly told?: number;
  /** Containers that wait for those before them. */
  readonly todo?: readonly string[];
  /** The Pod was out of service when it was resized. */
  readonly drained?: boolean;
  /** Its host has no room for what it is to be: it is on its way to another. */
  readonly elsewhere?: boolean;
}

export interface RebuildRequest {
  /** The uid of the PodRebuild. */
  readonly request: string;
  /** Each container with the id it had when the request was first seen; empty when it had none. */
  readonly containers: Readonly<Record<string, string>>;
}

export function recordOf(pod: Pod): UpdateRecord | undefined {
  const found = parsed(pod.metadata.annotations?.[UPDATE]);
  return typeof found?.revision === 'string' && typeof found.since === 'number'
    ? (found as unknown as UpdateRecord)
    : undefined;
}

export function requestOf(pod: Pod): RebuildRequest | undefined {
  const found = parsed(pod.metadata.annotations?.[REBUILD]);
  return typeof found?.request === 'string' && typeof found.containers === 'object' && found.containers !== null
    ? (found as unknown as RebuildRequest)
    : undefined;
}

/** Containers that the request is still about: those that have not started anew since. */
export function requested(pod: Pod): string[] {
  const request = requestOf(pod);
  if (!request) return [];
  const ids = new Map((pod.status?.containerStatuses ?? []).map((c) => [c.name, c.containerID ?? '']));
  return Object.entries(request.containers)
    .filter(([name, id]) => (ids.get(name) ?? '') === id)
    .map(([name]) => name);
}

/** An annotation may hold anything: what is no object of ours is nothing. */
function parsed(text: string | undefined): Record<string, unknown> | undefined {
  if (!text) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
