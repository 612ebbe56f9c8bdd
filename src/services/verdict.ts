/**
 * Why a Pod is not ready: because of what it runs, or because the cluster has lost sight of its host.
 *
 * When a host falls silent the node controller sets `Ready` of its Pods to False and leaves all else as the kubelet said
 * it last. So a Pod whose containers are ready, whose gates are open and which is nevertheless unready has been judged by
 * somebody who cannot see it.
 */
import { type core, type Node, OUT_OF_SERVICE, type Pod } from '../kube/index.ts';
import { PEER_REACHABLE } from '../resources/index.ts';

/** `stuckAt`: when, if nothing changes, the Pod will be called stuck. */
export type Verdict =
  | { readonly kind: 'Serving' }
  | { readonly kind: 'Terminating' }
  | { readonly kind: 'AppNotReady'; readonly stuckAt?: number }
  | { readonly kind: 'NodeSuspect'; readonly since: number; readonly evidence: Evidence; readonly stuckAt?: number }
  | { readonly kind: 'NodeStuck'; readonly since: number };

/**
 * What beside silence says that the host is lost: nothing; peers that cannot reach it; its Node object is gone; or
 * somebody has fenced it, which is certain.
 */
export type Evidence = 'None' | 'Peers' | 'NodeGone' | 'Fenced';

/** A host that is back for so long has had time to say that its Pods are ready. */
export const STUCK_AFTER_MS = 60_000;

export function verdictOf(pod: Pod, node: Node | undefined, now: number): Verdict {
  if (pod.metadata.deletionTimestamp) return { kind: 'Terminating' };
  const ready = podCondition(pod, 'Ready');
  if (gatesOf(pod).some((gate) => gate?.status === 'False')) return { kind: 'AppNotReady' };
  const lost = pod.spec.nodeName !== undefined && !node;
  if (ready?.status === 'True' && !lost) return { kind: 'Serving' };
  if (!ready || (ready.status !== 'True' && !isWellByItself(pod))) return { kind: 'AppNotReady' };
  return blameNode(pod, node, timeOf(ready), now);
}

/** Its containers are ready and its gates open, as its kubelet said last. */
export function isWellByItself(pod: Pod): boolean {
  return (
    podCondition(pod, 'ContainersReady')?.status === 'True' && gatesOf(pod).every((gate) => gate?.status === 'True')
  );
}

export function isNodeReady(node: Node | undefined): boolean {
  return nodeCondition(node, 'Ready')?.status === 'True';
}

/** The facts of a Pod that a verdict rests on. */
export function podFacts(pod: Pod): string {
  const conditions = [podCondition(pod, 'Ready'), podCondition(pod, 'ContainersReady'), ...gatesOf(pod)];
  return [pod.metadata.deletionTimestamp, ...conditions.map((condition) => condition?.status)].join();
}

/** The facts of a Node that a verdict rests on. */
export function nodeFacts(node: Node): string {
  const ready = nodeCondition(node, 'Ready');
  const peers = nodeCondition(node, PEER_REACHABLE)?.status;
  return [ready?.status, ready?.lastTransitionTime, peers, isVouchedFor(node)].join();
}

/**
 * A kubelet that is alive and has only not caught up yet (a gate has just opened) is believed for the moment: the Pod was
 * not taken away from it by a silence of the host.
 */
function blameNode(pod: Pod, node: Node | undefined, since: number, now: number): Verdict {
  const evidence = evidenceOf(node);
  if (!isNodeReady(node) || evidence === 'Fenced') return { kind: 'NodeSuspect', since, evidence };
  const backSince = timeOf(nodeCondition(node, 'Ready')!);
  const stuckAt = Math.max(backSince, settledAt(pod)) + STUCK_AFTER_MS;
  if (now >= stuckAt) return { kind: 'NodeStuck', since };
  return backSince >= since ? { kind: 'NodeSuspect', since, evidence, stuckAt } : { kind: 'AppNotReady', stuckAt };
}

function evidenceOf(node: Node | undefined): Evidence {
  if (!node) return 'NodeGone';
  if (isVouchedFor(node)) return 'Fenced';
  return nodeCondition(node, PEER_REACHABLE)?.status === 'False' ? 'Peers' : 'None';
}

/** Somebody says that nothing runs there any more, which is believed even of a host that claims to live. */
function isVouchedFor(node: Node): boolean {
  return node.spec.taints?.some(({ key }) => key === OUT_OF_SERVICE) ?? false;
}

/** When the last of the Pod's conditions changed. */
function settledAt(pod: Pod): number {
  const conditions = [podCondition(pod, 'Ready'), podCondition(pod, 'ContainersReady'), ...gatesOf(pod)];
  return Math.max(...conditions.map((condition) => (condition ? timeOf(condition) : 0)));
}

function gatesOf(pod: Pod): (core.PodCondition | undefined)[] {
  return (pod.spec.readinessGates ?? []).map((gate) => podCondition(pod, gate.conditionType));
}

function podCondition(pod: Pod, type: string): core.PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

function nodeCondition(node: Node | undefined, type: string): core.NodeCondition | undefined {
  return node?.status?.conditions?.find((condition) => condition.type === type);
}

function timeOf(condition: { lastTransitionTime?: string }): number {
  return condition.lastTransitionTime ? Date.parse(condition.lastTransitionTime) : 0;
}
