/** What hosts of other racks find of a host, as a condition of its Node: by it endpoints of a dead host are let go early. */
import { conditionOf, type core, type KubeClient, NODES, type Node, rfc3339 } from '../../kube/index.ts';
import { PEER_REACHABLE } from '../../resources/index.ts';
import type { Evidence } from './verdict.ts';

/** Of two peers at least, and of most that could say anything. */
const LEAST_PEERS = 2;
const FIELD_MANAGER = 'jdos-verdicts';

/** Undefined when too few peers could say anything. One that finds it alive is right: nobody answers in its place. */
export function reachedByPeers(evidence: readonly Evidence[]): boolean | undefined {
  const words = evidence.filter(({ witness }) => witness === 'peer').map(({ says }) => says);
  if (words.includes('alive')) return true;
  return words.filter((says) => says === 'dead').length >= LEAST_PEERS ? false : undefined;
}

/** Writes what is not there yet. A host that was never doubted has no such condition. */
export async function tellReachable(
  client: KubeClient,
  node: Node,
  { reachable, message, now }: { readonly reachable: boolean; readonly message: string; readonly now: number },
): Promise<void> {
  const status = reachable ? 'True' : 'False';
  const there = conditionOf(node, PEER_REACHABLE)?.status;
  if (there === status || (reachable && there === undefined)) return;
  const time = rfc3339(now);
  const reason = reachable ? 'Answers' : 'PeersCannotReachIt';
  const condition: core.NodeCondition = {
    type: PEER_REACHABLE,
    status,
    reason,
    message,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  };
  const body = { metadata: { uid: node.metadata.uid }, status: { conditions: [condition] } };
  const at = { subresource: 'status', fieldManager: FIELD_MANAGER };
  await client.patch(NODES, node.metadata.name, { kind: 'strategic', body }, at);
}
