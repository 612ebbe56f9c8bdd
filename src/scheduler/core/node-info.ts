/** A host with the sums of what runs on it, kept up to date Pod by Pod. */
import { UsedPorts } from './host-port.ts';
import type { NodeFacts } from './node-facts.ts';
import type { PodInfo } from './pod-info.ts';
import { addResources, copyResources, noResources, type Resources } from './resources.ts';

let generations = 0;

export class NodeInfo {
  /** A small number that stays the host's own while it is in the cluster: an index for arrays. */
  readonly slot: number;
  /** Changes with every change of the host or of its Pods, and is never seen twice. */
  generation = ++generations;
  readonly pods = new Map<string, PodInfo>();
  readonly requested: Resources;
  /** Only cpu and memory differ from `requested`. */
  readonly nonZeroRequested: { milliCpu: number; memory: number };
  readonly ports: UsedPorts;
  #facts: NodeFacts;

  constructor(facts: NodeFacts, slot: number, from?: NodeInfo) {
    this.slot = slot;
    this.#facts = facts;
    this.requested = from ? copyResources(from.requested) : noResources();
    this.nonZeroRequested = from ? { ...from.nonZeroRequested } : { milliCpu: 0, memory: 0 };
    this.ports = from ? from.ports.copy() : new UsedPorts();
    for (const [key, pod] of from?.pods ?? []) this.pods.set(key, pod);
  }

  get name(): string {
    return this.#facts.name;
  }

  get facts(): NodeFacts {
    return this.#facts;
  }

  set facts(facts: NodeFacts) {
    if (facts === this.#facts) return;
    this.#facts = facts;
    this.generation = ++generations;
  }

  addPod(pod: PodInfo): void {
    this.pods.set(pod.key, pod);
    this.#account(pod, 1);
  }

  removePod(pod: PodInfo): void {
    if (this.pods.delete(pod.key)) this.#account(pod, -1);
  }

  /** To imagine changes on. */
  copy(): NodeInfo {
    return new NodeInfo(this.#facts, this.slot, this);
  }

  #account(pod: PodInfo, times: 1 | -1): void {
    const { requests, nonZeroRequests, ports } = pod.class;
    addResources(this.requested, requests, times);
    this.nonZeroRequested.milliCpu += times * nonZeroRequests.milliCpu;
    this.nonZeroRequested.memory += times * nonZeroRequests.memory;
    this.ports.add(ports, times);
    this.generation = ++generations;
  }
}
