/** How fast hosts of a zone may be given up: slower, or not at all, when it looks as if we were the ones cut off. */
import type { Node } from '../../../kube/index.ts';
import { readinessOf } from './health.ts';

export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption';

export interface Rates {
  /** Hosts a second. */
  readonly normal: number;
  /** In a large zone that is largely unhealthy; in a small one: none. */
  readonly reduced: number;
  readonly largeZone: number;
  /** Share of unready hosts from which a zone is unhealthy. */
  readonly unhealthyShare: number;
}

export const DEFAULT_RATES: Rates = { normal: 0.1, reduced: 0.01, largeZone: 50, unhealthyShare: 0.55 };

export interface Zone {
  readonly state: ZoneState;
  /** Hosts a second that may be given up. */
  readonly rate: number;
}

export function zoneOf(node: Node): string {
  const labels = node.metadata.labels ?? {};
  const region = labels['topology.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? '';
  return region || zone ? `${region}:\0:${zone}` : '';
}

export function zoneState(ready: number, unready: number, rates: Rates): ZoneState {
  if (ready === 0 && unready > 0) return 'FullDisruption';
  const partial = unready > 2 && unready / (unready + ready) >= rates.unhealthyShare;
  return partial ? 'PartialDisruption' : 'Normal';
}

/** With every zone down at once nobody is given up: then it is us, not them. */
export function judgeZones(nodes: Iterable<Node>, rates: Rates = DEFAULT_RATES): Map<string, Zone> {
  const counts = new Map<string, { ready: number; unready: number }>();
  for (const node of nodes) {
    const count = counts.get(zoneOf(node)) ?? { ready: 0, unready: 0 };
    counts.set(zoneOf(node), count);
    if (readinessOf(node) === 'True') count.ready++;
    else count.unready++;
  }
  const states = [...counts].map(
    ([zone, count]) => [zone, count, zoneState(count.ready, count.unready, rates)] as const,
  );
  const blackout = states.length > 0 && states.every(([, , state]) => state === 'FullDisruption');
  return new Map(
    states.map(([zone, { ready, unready }, state]) => {
      const partial = ready + unready > rates.largeZone ? rates.reduced : 0;
      const rate = blackout ? 0 : state === 'PartialDisruption' ? partial : rates.normal;
      return [zone, { state, rate }];
    }),
  );
}

export function isBlackout(zones: ReadonlyMap<string, Zone>): boolean {
  return zones.size > 0 && [...zones.values()].every(({ state }) => state === 'FullDisruption');
}

/** Lets one host a turn pass, with no more than one saved up. */
export class Allowance {
  #tokens = 1;
  #at: number;

  constructor(now: number) {
    this.#at = now;
  }

  take(rate: number, now: number): boolean {
    this.#tokens = Math.min(1, this.#tokens + ((now - this.#at) / 1000) * rate);
    this.#at = now;
    if (rate === 0 || this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
