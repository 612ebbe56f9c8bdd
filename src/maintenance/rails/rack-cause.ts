/** Is it the rack? When half of it has fallen silent and the rest of the fleet has not, no host of it is to be drained. */
import { isConditionTrue, type Node } from '../../kube/index.ts';
import { RACK } from '../../nodes/index.ts';

export interface RackCause {
  readonly rack: string;
  readonly silent: number;
  readonly hosts: number;
}

const LEAST = 3;
const SHARE = 0.5;
const ELSEWHERE = 0.1;

export function rackCause(host: Node, nodes: readonly Node[]): RackCause | undefined {
  const rack = host.metadata.labels?.[RACK];
  if (rack === undefined) return undefined;
  const [inside, outside] = [true, false].map((here) =>
    nodes.filter((node) => (node.metadata.labels?.[RACK] === rack) === here),
  );
  const silent = inside!.filter(isSilent).length;
  if (silent < Math.max(LEAST, inside!.length * SHARE)) return undefined;
  if (outside!.filter(isSilent).length > outside!.length * ELSEWHERE) return undefined;
  return { rack, silent, hosts: inside!.length };
}

function isSilent(node: Node): boolean {
  return !isConditionTrue(node, 'Ready');
}
