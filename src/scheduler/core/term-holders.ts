/** Which (anti-)affinity terms the placed Pods hold, and on how many Pods of each host: the terms that look at newcomers. */
import type { AffinityTerm, AffinityTerms } from './affinity-term.ts';
import { add, type SlotCounts } from './match-counts.ts';
import type { PodInfo } from './pod-info.ts';
import type { NamespaceLabels } from './pod-matcher.ts';

export type TermKind = keyof AffinityTerms;

export interface HeldTerm {
  readonly term: AffinityTerm;
  /** Pods that hold the term, by the slot of their host. */
  readonly holders: SlotCounts;
}

interface Entry extends HeldTerm {
  readonly holders: Map<number, number>;
}

export class TermHolders {
  readonly #kinds: Readonly<Record<TermKind, Map<string, Entry>>> = {
    required: new Map(),
    preferred: new Map(),
    requiredAnti: new Map(),
    preferredAnti: new Map(),
  };

  account(pod: PodInfo, slot: number, times: 1 | -1): void {
    const { affinity } = pod.class;
    if (!affinity) return;
    for (const kind of Object.keys(this.#kinds) as TermKind[]) {
      for (const term of affinity[kind]) this.#add(kind, term, slot, times);
    }
  }

  /** The held terms that mean this Pod. */
  *meaning(pod: PodInfo, kind: TermKind, namespaceLabels: NamespaceLabels): Iterable<HeldTerm> {
    for (const entry of this.#kinds[kind].values()) {
      if (entry.term.matcher.matches(pod, namespaceLabels)) yield entry;
    }
  }

  #add(kind: TermKind, term: AffinityTerm, slot: number, times: 1 | -1): void {
    const entries = this.#kinds[kind];
    let entry = entries.get(term.id);
    if (!entry) {
      entry = { term, holders: new Map() };
      entries.set(term.id, entry);
    }
    add(entry.holders, slot, times);
    if (entry.holders.size === 0) entries.delete(term.id);
  }
}
