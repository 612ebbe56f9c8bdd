/** How many hosts of each zone are silent: a zone that goes dark as a whole is more likely cut off than dead. */
import type { ChangeHandler, Node } from '../kube/index.ts';
import { isNodeReady } from './verdict.ts';

/** Fewer silent hosts than this are never taken for a disruption. */
const FEW = 2;
/** Share of a zone's hosts, as the node controller has it. */
const ZONE_SHARE = 0.55;
/** Share of all hosts. */
const CLUSTER_SHARE = 0.3;
const REGION = 'topology.kubernetes.io/region';
const ZONE = 'topology.kubernetes.io/zone';

interface Count {
  all: number;
  silent: number;
}

/** Kept up to date host by host, so that a look at it costs nothing. */
export class NodeCensus implements ChangeHandler<Node> {
  readonly #zones = new Map<string, Count>();
  readonly #cluster: Count = { all: 0, silent: 0 };

  add(node: Node): void {
    this.#count(node, 1);
  }

  update(node: Node, old: Node): void {
    this.#count(old, -1);
    this.#count(node, 1);
  }

  delete(node: Node): void {
    this.#count(node, -1);
  }

  /** Is this host's zone, or the whole cluster, so silent that silence proves nothing? */
  isDisrupted(node: Node | undefined): boolean {
    if (exceeds(this.#cluster, CLUSTER_SHARE)) return true;
    const zone = node && this.#zones.get(placeOf(node));
    return zone !== undefined && exceeds(zone, ZONE_SHARE);
  }

  #count(node: Node, by: 1 | -1): void {
    const place = placeOf(node);
    const zone = this.#zones.get(place) ?? { all: 0, silent: 0 };
    for (const count of [zone, this.#cluster]) {
      count.all += by;
      if (!isNodeReady(node)) count.silent += by;
    }
    if (zone.all === 0) this.#zones.delete(place);
    else this.#zones.set(place, zone);
  }
}

function exceeds({ all, silent }: Count, share: number): boolean {
  return silent > FEW && silent >= share * all;
}

function placeOf({ metadata }: Node): string {
  return `${metadata.labels?.[REGION] ?? ''}/${metadata.labels?.[ZONE] ?? ''}`;
}
