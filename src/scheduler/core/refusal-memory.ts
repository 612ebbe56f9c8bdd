/**
 * What was refused to one Pod is refused to all that are like it, until something in the cluster changes: a flood of equal
 * Pods that fit nowhere costs one decision and not one each.
 */
import type { Cluster } from './cluster.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { PodInfo } from './pod-info.ts';
import type { Preemption } from './preemption.ts';

export interface KnownRefusal {
  readonly diagnosis: Diagnosis;
  readonly preemption: Extract<Preemption, { kind: 'impossible' }>;
}

export class RefusalMemory {
  readonly #cluster: Cluster;
  readonly #known = new Map<string, KnownRefusal>();
  #version = -1;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  get(pod: PodInfo): KnownRefusal | undefined {
    if (this.#version !== this.#cluster.version) return undefined;
    const key = this.#keyOf(pod);
    return key === undefined ? undefined : this.#known.get(key);
  }

  set(pod: PodInfo, refusal: KnownRefusal): void {
    if (this.#version !== this.#cluster.version) this.#known.clear();
    this.#version = this.#cluster.version;
    const key = this.#keyOf(pod);
    if (key !== undefined) this.#known.set(key, refusal);
  }

  /** A Pod with room kept for it is like no other. */
  #keyOf({ key, class: { id }, labels, priority, pod }: PodInfo): string | undefined {
    if (this.#cluster.nominations.nodeOf(key) !== undefined || pod.status?.nominatedNodeName) return undefined;
    return JSON.stringify([id, priority, labels, pod.metadata.ownerReferences?.find((owner) => owner.controller)?.uid]);
  }
}
