/** Pods for which room was made on a host by preemption: others of no higher priority must leave it to them. */
import type { PodInfo } from './pod-info.ts';

export class Nominations {
  readonly #byNode = new Map<string, Map<string, PodInfo>>();
  readonly #nodeOf = new Map<string, string>();
  readonly #changed: () => void;

  constructor(changed: () => void = () => {}) {
    this.#changed = changed;
  }

  set(pod: PodInfo, nodeName: string): void {
    this.delete(pod.key);
    this.#changed();
    const pods = this.#byNode.get(nodeName) ?? new Map<string, PodInfo>();
    this.#byNode.set(nodeName, pods.set(pod.key, pod));
    this.#nodeOf.set(pod.key, nodeName);
  }

  /** Answers the host whose room is free again, if there was one. */
  delete(key: string): string | undefined {
    const nodeName = this.#nodeOf.get(key);
    if (nodeName === undefined) return undefined;
    this.#changed();
    this.#nodeOf.delete(key);
    const pods = this.#byNode.get(nodeName)!;
    pods.delete(key);
    if (pods.size === 0) this.#byNode.delete(nodeName);
    return nodeName;
  }

  nodeOf(key: string): string | undefined {
    return this.#nodeOf.get(key);
  }

  get size(): number {
    return this.#nodeOf.size;
  }

  on(nodeName: string): readonly PodInfo[] {
    return [...(this.#byNode.get(nodeName)?.values() ?? [])];
  }

  /** Pods nominated to this host that the given Pod must respect. */
  binding(pod: PodInfo, nodeName: string): readonly PodInfo[] {
    if (!this.#byNode.has(nodeName)) return [];
    return this.on(nodeName).filter((other) => other.priority >= pod.priority && other.key !== pod.key);
  }
}
