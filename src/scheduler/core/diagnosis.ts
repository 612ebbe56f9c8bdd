/** Why no host took a Pod, and how that is told: in upstream's words, which people and tools know. */
import type { NodeInfo } from './node-info.ts';
import type { Refusal } from './plugin.ts';

export interface Diagnosis {
  readonly nodes: number;
  /** What spoke against every host at once, before any was looked at. */
  readonly everywhere?: Refusal;
  readonly byNode: ReadonlyMap<NodeInfo, Refusal>;
  /** What spoke against the hosts that `byNode` leaves out. */
  readonly others?: Refusal;
  /** Plugins that refused something: what has to change for the Pod to be worth another try. */
  readonly plugins: ReadonlySet<string>;
}

export const NO_NODES = 'no nodes available to schedule pods';

/** `0/90 nodes are available: 12 Insufficient cpu, 78 node(s) were unschedulable. preemption: …` */
export function describe(diagnosis: Diagnosis, preemption = ''): string {
  if (diagnosis.nodes === 0) return NO_NODES;
  const { everywhere, byNode, others, nodes } = diagnosis;
  const why = everywhere ? everywhere.reasons.join(', ') : histogram(byNode.values(), others, nodes - byNode.size);
  return unavailable(nodes, why) + (preemption && ` ${preemption}`);
}

export function unavailable(nodes: number, why: string): string {
  return `0/${nodes} nodes are available:${why && ` ${why}.`}`;
}

/** `12 Insufficient cpu, 3 node(s) …`: in the order of the texts, number and all, as upstream sorts them. */
export function histogram(refusals: Iterable<Refusal>, others?: Refusal, otherNodes = 0): string {
  const counts = new Map<string, number>();
  const byRefusal = new Map<Refusal, number>();
  if (others && otherNodes > 0) byRefusal.set(others, otherNodes);
  for (const refusal of refusals) byRefusal.set(refusal, (byRefusal.get(refusal) ?? 0) + 1);
  for (const [{ reasons }, count] of byRefusal) {
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  const texts = [...counts].map(([reason, count]) => `${count} ${reason}`);
  return texts.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join(', ');
}
