/** How many hosts may be in maintenance at once, and what else forbids one more. Pure; every refusal comes with its numbers. */
import { isConditionTrue, type Node } from '../../kube/index.ts';
import { RACK, ZONE } from '../../nodes/index.ts';

export interface BudgetRules {
  /** @default 1 */
  readonly perRack: number;
  /** Share of a zone, at least one host. @default 0.02 */
  readonly zoneShare: number;
  /** So much of the rest of the zone must be well. @default 0.9 */
  readonly zoneHealthy: number;
}

export const DEFAULT_BUDGETS: BudgetRules = { perRack: 1, zoneShare: 0.02, zoneHealthy: 0.9 };

const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/etcd'];

/**
 * Why the host may not go into maintenance now, in words; nothing when it may.
 * @param held the hosts that are in maintenance already
 */
export function budgetRefusals(
  host: Node,
  nodes: readonly Node[],
  held: ReadonlySet<string>,
  rules: BudgetRules = DEFAULT_BUDGETS,
): string[] {
  const others = nodes.filter((node) => node.metadata.name !== host.metadata.name);
  return [
    ...rackRefusal(host, others, held, rules),
    ...zoneRefusal(host, others, held, rules),
    ...healthRefusal(host, others, rules),
    ...quorumRefusal(host, others, held),
  ];
}

function rackRefusal(host: Node, others: readonly Node[], held: ReadonlySet<string>, rules: BudgetRules): string[] {
  const rack = host.metadata.labels?.[RACK];
  if (rack === undefined) return [];
  const busy = others.filter((node) => node.metadata.labels?.[RACK] === rack && held.has(node.metadata.name));
  if (busy.length < rules.perRack) return [];
  const names = busy.map((node) => node.metadata.name).join(', ');
  return [`rack ${rack} has ${busy.length} of at most ${rules.perRack} hosts in maintenance: ${names}`];
}

function zoneRefusal(host: Node, others: readonly Node[], held: ReadonlySet<string>, rules: BudgetRules): string[] {
  const zone = host.metadata.labels?.[ZONE];
  if (zone === undefined) return [];
  const inZone = others.filter((node) => node.metadata.labels?.[ZONE] === zone);
  const most = Math.max(1, Math.floor((inZone.length + 1) * rules.zoneShare));
  const busy = inZone.filter((node) => held.has(node.metadata.name));
  if (busy.length < most) return [];
  return [`zone ${zone} has ${busy.length} of at most ${most} hosts in maintenance`];
}

/** The host itself is left out: that it is ill must not keep it from being healed. */
function healthRefusal(host: Node, others: readonly Node[], rules: BudgetRules): string[] {
  const zone = host.metadata.labels?.[ZONE];
  const inZone = others.filter((node) => node.metadata.labels?.[ZONE] === zone);
  if (zone === undefined || inZone.length === 0) return [];
  const ready = inZone.filter((node) => isConditionTrue(node, 'Ready')).length;
  const share = ready / inZone.length;
  if (share >= rules.zoneHealthy) return [];
  const need = `${Math.round(rules.zoneHealthy * 100)} % are needed`;
  return [`zone ${zone} is ${Math.floor(share * 100)} % healthy (${ready} of ${inZone.length} other hosts); ${need}`];
}

function quorumRefusal(host: Node, others: readonly Node[], held: ReadonlySet<string>): string[] {
  if (!isControlPlane(host)) return [];
  const peers = others.filter(isControlPlane);
  const busy = peers.filter((node) => held.has(node.metadata.name));
  if (busy.length > 0) return [`${busy[0]!.metadata.name} of the control plane is in maintenance already`];
  const members = peers.length + 1;
  const quorum = Math.floor(members / 2) + 1;
  const left = peers.filter((node) => isConditionTrue(node, 'Ready')).length;
  if (left >= quorum) return [];
  return [`the control plane has ${members} members and needs ${quorum}; without this one ${left} would be left`];
}

export function isControlPlane(node: Node): boolean {
  return CONTROL_PLANE.some((label) => node.metadata.labels?.[label] !== undefined);
}
