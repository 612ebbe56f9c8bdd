/** Which hosts share a value of a label: zones, racks and the like as small numbers, so that nobody reads labels host by host for each Pod. */
import type { NodeInfo } from './node-info.ts';

/** The domain of hosts without the label. */
export const NOWHERE = 0;

export interface Topology {
  /** Domain by the host's slot. Slots of hosts that have gone hold what was there. */
  readonly domains: readonly number[];
  /** Domains are below this; some may have no host any more. */
  readonly size: number;
}

class Labelled implements Topology {
  readonly domains: number[] = [];
  readonly #key: string;
  readonly #ids = new Map<string, number>();

  constructor(key: string) {
    this.#key = key;
  }

  get size(): number {
    return this.#ids.size + 1;
  }

  put({ slot, facts }: NodeInfo): void {
    const value = facts.labels[this.#key];
    this.domains[slot] = value === undefined ? NOWHERE : this.#idOf(value);
  }

  #idOf(value: string): number {
    const id = this.#ids.get(value) ?? this.#ids.size + 1;
    this.#ids.set(value, id);
    return id;
  }
}

/** Values that hosts no longer have are forgotten when a topology has this many times as many as there are hosts. */
const MOST_PER_HOST = 4;

export class Topologies {
  readonly #byKey = new Map<string, Labelled>();

  /** `nodes` are walked only when the key is new. */
  of(key: string, nodes: readonly NodeInfo[]): Topology {
    const known = this.#byKey.get(key);
    if (known && known.size <= MOST_PER_HOST * nodes.length + 2) return known;
    const topology = new Labelled(key);
    for (const node of nodes) topology.put(node);
    this.#byKey.set(key, topology);
    return topology;
  }

  /** A host has come or its labels have changed. */
  put(node: NodeInfo): void {
    for (const topology of this.#byKey.values()) topology.put(node);
  }
}
