/**
 * How many Pods each host runs that a matcher means. A count is made by looking at all Pods when first asked for, and
 * from then on kept up with every Pod that comes or goes.
 */

import type { PodInfo } from './pod-info.ts';
import { type NamespaceLabels, type PodMatcher, pairOf } from './pod-matcher.ts';

/** Counts by the host's slot; hosts without such a Pod are absent. */
export type SlotCounts = ReadonlyMap<number, number>;

interface Entry {
  readonly matcher: PodMatcher;
  /** Under which keys Pods find it. */
  readonly places: readonly string[];
  readonly counts: Map<number, number>;
}

export class MatchCounts {
  readonly #entries = new Map<string, Entry>();
  /** Entries by the namespace whose Pods they can mean, `*` for any, and by one of the labels that those carry. */
  readonly #places = new Map<string, Set<Entry>>();
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

  /** Thousands of workloads, each with a matcher of its own, must not all be asked about each Pod. */
  account(pod: PodInfo, slot: number, times: 1 | -1): void {
    for (const namespace of [pod.namespace, ANY]) {
      this.#accountAt(placeOf(namespace), pod, slot, times);
      for (const key in pod.labels)
        this.#accountAt(placeOf(namespace, pairOf(key, pod.labels[key]!)), pod, slot, times);
    }
  }

  #accountAt(place: string, pod: PodInfo, slot: number, times: 1 | -1): void {
    for (const { matcher, counts } of this.#places.get(place) ?? []) {
      if (matcher.matches(pod, this.#namespaceLabels)) add(counts, slot, times);
    }
  }

  /** Forgets all that depends on labels of namespaces. */
  namespacesChanged(): void {
    for (const entry of [...this.#entries.values()]) if (!entry.matcher.namespaces) this.#forget(entry);
  }

  #count(matcher: PodMatcher, placed: Iterable<readonly [number, Iterable<PodInfo>]>): Entry {
    const counts = new Map<number, number>();
    for (const [slot, pods] of placed) {
      for (const pod of pods) if (matcher.matches(pod, this.#namespaceLabels)) add(counts, slot, 1);
    }
    const entry = { matcher, counts, places: this.#placesOf(matcher) };
    for (const place of entry.places) {
      const set = this.#places.get(place) ?? new Set();
      this.#places.set(place, set.add(entry));
    }
    if (this.#entries.size >= this.#limit) this.#forget(this.#entries.values().next().value!);
    return entry;
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.matcher.id);
    for (const place of entry.places) {
      const set = this.#places.get(place);
      set?.delete(entry);
      if (set?.size === 0) this.#places.delete(place);
    }
  }

  /** By the label that tells most: the one under which the fewest others are found. */
  #placesOf({ namespaces, pairs }: PodMatcher): string[] {
    return [...(namespaces ?? [ANY])].map((namespace) => {
      const places = pairs.map((pair) => placeOf(namespace, pair));
      const others = (place: string) => this.#places.get(place)?.size ?? 0;
      return places.toSorted((a, b) => others(a) - others(b))[0] ?? placeOf(namespace);
    });
  }
}

const ANY = '*';

function placeOf(namespace: string, pair = ''): string {
  return `${namespace}/${pair}`;
}

/** Adds to one count in place; what comes down to nothing is dropped. */
export function add(counts: Map<number, number>, slot: number, delta: number): void {
  const count = (counts.get(slot) ?? 0) + delta;
  if (count === 0) counts.delete(slot);
  else counts.set(slot, count);
}
