/**
 * Pods as this process knows them: the cache's copy, or what a write of our own was answered with while the cache is behind
 * it. Without it a second look, before the first one's writes have come back, would count on a picture of the past.
 */
import type { Informer, KubeObject, Pod } from '../kube/index.ts';

interface Written {
  /** Undefined: it has been deleted. */
  readonly pod: Pod | undefined;
  readonly owner: string;
}

/** Answers come a moment after the event at most; no more deletions than this happen in between. */
const REMEMBERED = 10_000;

export class Freshest {
  readonly #written = new Map<string, Written>();
  /** Uids of Pods that are no more: an answer may come after the news of the end. */
  readonly #gone = new Set<string>();

  watch(pods: Informer<Pod>): void {
    pods.onChange({
      add: (pod) => this.#shown(pod),
      update: (pod) => this.#shown(pod),
      delete: (pod) => this.#bury(pod.metadata.uid),
    });
  }

  /** The answer of a write to a Pod of this owner. */
  wrote(owner: string, pod: Pod): void {
    if (!this.#gone.has(pod.metadata.uid)) this.#written.set(pod.metadata.uid, { pod, owner });
  }

  deleted(owner: string, pod: Pod): void {
    if (!this.#gone.has(pod.metadata.uid)) this.#written.set(pod.metadata.uid, { pod: undefined, owner });
  }

  /** These Pods of the owner as they are, with those that the cache has not heard of. */
  of(owner: string, cached: readonly Pod[]): Pod[] {
    if (this.#written.size === 0) return [...cached];
    const seen = new Set(cached.map(({ metadata }) => metadata.uid));
    const unseen = [...this.#written].filter(([uid, one]) => one.owner === owner && !seen.has(uid));
    const known = cached.map((pod) => {
      const written = this.#written.get(pod.metadata.uid);
      return written && !isShown(pod, written) ? written.pod : pod;
    });
    return [...known, ...unseen.map(([, { pod }]) => pod)].filter((pod) => pod !== undefined);
  }

  #bury(uid: string): void {
    this.#written.delete(uid);
    this.#gone.add(uid);
    if (this.#gone.size > REMEMBERED) this.#gone.delete(this.#gone.values().next().value!);
  }

  #shown(pod: Pod): void {
    const written = this.#written.get(pod.metadata.uid);
    if (written && isShown(pod, written)) this.#written.delete(pod.metadata.uid);
  }
}

/**
 * Does the cache's copy show the write, or what came after it? The event may come before the answer, and then nothing comes
 * after the answer to say so: it is asked again with every look. One that was deleted is gone or on its way out.
 */
function isShown({ metadata }: Pod, { pod }: Written): boolean {
  if (!pod) return metadata.deletionTimestamp !== undefined;
  return isAtLeast(metadata.resourceVersion, pod.metadata.resourceVersion);
}

/** The later of two copies of one object. */
export function newer<T extends KubeObject>(cached: T, written: T): T {
  return isAtLeast(cached.metadata.resourceVersion, written.metadata.resourceVersion) ? cached : written;
}

/** Versions of one kind are decimal numbers of any size that only grow. */
function isAtLeast(version: string, other: string): boolean {
  return version.length === other.length ? version >= other : version.length > other.length;
}
