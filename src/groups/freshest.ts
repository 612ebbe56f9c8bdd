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
  /** By uid of the Pod. */
  readonly #written = new Map<string, Written>();
  /** The same Pods by their owner: a look at one Group costs what that one has written. */
  readonly #byOwner = new Map<string, Set<string>>();
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
    this.#note(pod.metadata.uid, { pod, owner });
  }

  deleted(owner: string, pod: Pod): void {
    this.#note(pod.metadata.uid, { pod: undefined, owner });
  }

  /** These Pods of the owner as they are, with those that the cache has not heard of. */
  of(owner: string, cached: readonly Pod[]): Pod[] {
    const own = this.#byOwner.get(owner);
    if (!own) return [...cached];
    const seen = new Set(cached.map(({ metadata }) => metadata.uid));
    const unseen = [...own].filter((uid) => !seen.has(uid)).map((uid) => this.#written.get(uid)!.pod);
    const known = cached.map((pod) => {
      const written = this.#written.get(pod.metadata.uid);
      return written && !isShown(pod, written) ? written.pod : pod;
    });
    return [...known, ...unseen].filter((pod) => pod !== undefined);
  }

  #note(uid: string, written: Written): void {
    if (this.#gone.has(uid)) return;
    this.#forget(uid);
    this.#written.set(uid, written);
    const own = this.#byOwner.get(written.owner);
    if (own) own.add(uid);
    else this.#byOwner.set(written.owner, new Set([uid]));
  }

  #forget(uid: string): void {
    const written = this.#written.get(uid);
    if (!written) return;
    this.#written.delete(uid);
    const own = this.#byOwner.get(written.owner);
    own?.delete(uid);
    if (own?.size === 0) this.#byOwner.delete(written.owner);
  }

  #bury(uid: string): void {
    this.#forget(uid);
    this.#gone.add(uid);
    if (this.#gone.size > REMEMBERED) this.#gone.delete(this.#gone.values().next().value!);
  }

  #shown(pod: Pod): void {
    const written = this.#written.get(pod.metadata.uid);
    if (written && isShown(pod, written)) this.#forget(pod.metadata.uid);
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
