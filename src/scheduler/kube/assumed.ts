/** Pods that are placed in the scheduler's mind, while the API does not say so yet. */
import type { Cluster, PodInfo } from '../core/index.ts';

export class AssumedPods {
  readonly #cluster: Cluster;
  readonly #pods = new Map<string, PodInfo>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  has(key: string): boolean {
    return this.#pods.has(key);
  }

  get size(): number {
    return this.#pods.size;
  }

  assume(pod: PodInfo, nodeName: string): void {
    this.#pods.set(pod.key, pod);
    this.#cluster.nominations.delete(pod.key);
    this.#cluster.setPod(pod, nodeName);
  }

  /** The API has said where the Pod is, or that it is no more. */
  settled(key: string): void {
    this.#pods.delete(key);
  }

  /** Takes the Pod off its host again; false when the API has spoken meanwhile. */
  forget(pod: PodInfo): boolean {
    if (this.#pods.get(pod.key) !== pod) return false;
    this.#pods.delete(pod.key);
    this.#cluster.deletePod(pod.key);
    return true;
  }
}
