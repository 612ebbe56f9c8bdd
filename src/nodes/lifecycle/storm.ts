/** When the network of much of a zone is down the fault is not the hosts': nothing about hosts is decided by itself then. */
import type { Node } from '../../kube/index.ts';
import { NET_STATUS, ZONE } from './host-labels.ts';

/** @default of the share of a zone beyond which nothing automatic happens */
export const STORM_SHARE = 0.3;

export interface Storm {
  readonly zone: string;
  readonly down: number;
  readonly hosts: number;
}

/** Does it take a new look to know the storms? Hosts report often, and hardly ever this. */
export function mayTurnStorm(
  { metadata: { labels = {} } }: Node,
  { metadata: { labels: before = {} } }: Node,
): boolean {
  return labels[ZONE] !== before[ZONE] || labels[NET_STATUS] !== before[NET_STATUS];
}

/** The zones in a storm, by name. */
export function stormsIn(nodes: Iterable<Node>, share = STORM_SHARE): Storm[] {
  const zones = new Map<string, { down: number; hosts: number }>();
  for (const { metadata } of nodes) {
    const zone = metadata.labels?.[ZONE];
    if (zone === undefined) continue;
    const count = zones.get(zone) ?? { down: 0, hosts: 0 };
    count.hosts++;
    if (metadata.labels?.[NET_STATUS] === 'down') count.down++;
    zones.set(zone, count);
  }
  return [...zones]
    .filter(([, { down, hosts }]) => down > hosts * share)
    .map(([zone, count]) => ({ zone, ...count }))
    .sort((a, b) => (a.zone < b.zone ? -1 : 1));
}
