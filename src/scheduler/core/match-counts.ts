/**
 * How many Pods each host runs that a matcher means. A count is made by looking at all Pods when first asked for, and
 * from then on kept up with every Pod that comes or goes.
 */

import type { PodInfo } from './pod-info.ts';
import type { NamespaceLabels, PodMatcher } from './pod-matcher.ts';

/** Counts by the host's slot; hosts without such a Pod are absent. */
export type SlotCounts = ReadonlyMap<number, number>;

interface Entry {
  readonly matcher: PodMatcher;
  readonly counts: Map<number, number>;
}

export class MatchCounts {
  readonly #entries = new Map<string, Entry>();
  /** Entries by the namespace whose Pods they can mean; `*` for those that can mean any. */
  readonly #byNamespace = new Map<string, Set<Entry>>();
  readonly #namespaceLabels: NamespaceLabels;
  readonly #limit: number;

  constructor(namespaceLabels: NamespaceLabels, limit = 4096) {
    this.#namespaceLabels = namespaceLabels;
    this.#limit = limit;
  }

  /** `placed` is walked only when this matcher is new. */
  of(matcher: PodMatcher, placed: () => Iterable<readonly [slot: number, pods: Iterable<PodInfo>]>): SlotCounts {
    let entry = this.#entries.get(matcher.id);
    if (entry) this.#entries.delete(matcher.id);
    else entry = this.#count(matcher, placed());
    this.#entries.set(matcher.id, entry);
    return entry.counts;
  }

  account(pod: PodInfo, slot: number, times: 1 | -1): void {
    for (const namespace of [pod.namespace, '*']) {
      for (const { matcher, counts } of this.#byNamespace.get(namespace) ?? []) {
        if (matcher.matches(pod, this.#namespaceLabels)) add(counts, slot, times);
      }
    }
  }

  /** Forgets all that depends on labels of namespaces. */
  namespacesChanged(): void {
    for (const entry of [...(this.#byNamespace.get('*') ?? [])]) this.#forget(entry);
  }

  #count(matcher: PodMatcher, placed: Iterable<readonly [number, Iterable<PodInfo>]>): Entry {
    const counts = new Map<number, number>();
    for (const [slot, pods] of placed) {
      for (const pod of pods) if (matcher.matches(pod, this.#namespaceLabels)) add(counts, slot, 1);
    }
    const entry = { matcher, counts };
    for (const namespace of matcher.namespaces ?? ['*']) {
      const set = this.#byNamespace.get(namespace) ?? new Set();
      this.#byNamespace.set(namespace, set.add(entry));
    }
    if (this.#entries.size >= this.#limit) this.#forget(this.#entries.values().next().value!);
    return entry;
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.matcher.id);
    for (const namespace of entry.matcher.namespaces ?? ['*']) {
      const set = this.#byNamespace.get(namespace);
      set?.delete(entry);
      if (set?.size === 0) this.#byNamespace.delete(namespace);
    }
  }
}

/** Adds to one count in place; what comes down to nothing is dropped. */
export function add(counts: Map<number, number>, slot: number, delta: number): void {
  const count = (counts.get(slot) ?? 0) + delta;
  if (count === 0) counts.delete(slot);
  else counts.set(slot, count);
}
