/** Whether an event is a reason to try a Pod again, asked of the plugins that refused it. */
import type { ClusterEvent } from './cluster-event.ts';
import type { NodeFacts } from './node-facts.ts';
import type { PodInfo } from './pod-info.ts';
import type { NamespaceLabels } from './pod-matcher.ts';
import { amountOf, type Resources } from './resources.ts';
import { REPELLING, untoleratedTaint } from './toleration.ts';

/** Answers true when in doubt: a try too many costs time, one too few a Pod that waits for minutes. */
export type RequeueHint = (pod: PodInfo, event: ClusterEvent, namespaceLabels: NamespaceLabels) => boolean;

/** Hints that look at the Pod's labels as well as at its class. */
export const LABEL_SENSITIVE: ReadonlySet<string> = new Set(['PodTopologySpread', 'InterPodAffinity']);

const HINTS: Readonly<Record<string, RequeueHint>> = {
  NodeUnschedulable: (_, event) => isNodeNews(event) && !event.node.unschedulable,
  NodeName: (pod, event) => isNodeNews(event) && event.node.name === pod.pod.spec.nodeName,
  TaintToleration: (pod, event) => isNodeNews(event) && isTolerated(pod, event.node),
  NodeAffinity: (pod, event) => isNodeNews(event) && (pod.class.requiredNodes?.matches(event.node) ?? true),
  NodePorts: (pod, event) => event.kind === 'NodeAdded' || (event.kind === 'PodGone' && sharePort(pod, event.pod)),
  NodeResourcesFit: fitHint,
  VolumeRestrictions: (_, event) =>
    event.kind === 'NodeAdded' ||
    event.kind === 'StorageChanged' ||
    (event.kind === 'PodGone' && hasVolumes(event.pod)),
  NodeVolumeLimits: (_, event) =>
    event.kind === 'NodeAdded' ||
    event.kind === 'StorageChanged' ||
    (event.kind === 'PodGone' && hasVolumes(event.pod)),
  VolumeBinding: (_, event) => event.kind === 'StorageChanged' || isNodeNews(event),
  VolumeZone: (_, event) => event.kind === 'StorageChanged' || isNodeNews(event),
  PodTopologySpread: spreadHint,
  InterPodAffinity: affinityHint,
};

export function isWorthAnotherTry(
  pod: PodInfo,
  refusedBy: ReadonlySet<string>,
  event: ClusterEvent,
  namespaceLabels: NamespaceLabels,
): boolean {
  if (event.kind === 'Unknown' || refusedBy.size === 0) return true;
  return refusedBy.values().some((plugin) => HINTS[plugin]?.(pod, event, namespaceLabels) ?? true);
}

function isNodeNews(event: ClusterEvent): event is Extract<ClusterEvent, { kind: 'NodeAdded' | 'NodeChanged' }> {
  return event.kind === 'NodeAdded' || event.kind === 'NodeChanged';
}

function isTolerated(pod: PodInfo, node: NodeFacts): boolean {
  return !untoleratedTaint(node.taints, pod.class.tolerations, REPELLING);
}

function hasVolumes({ class: { volumes } }: PodInfo): boolean {
  return volumes.claims.length + volumes.disks.length > 0;
}

function sharePort(pod: PodInfo, other: PodInfo): boolean {
  return pod.class.ports.some(({ port }) => other.class.ports.some((used) => used.port === port));
}

function fitHint(pod: PodInfo, event: ClusterEvent): boolean {
  switch (event.kind) {
    case 'PodGone':
      return true;
    case 'PodChanged':
      return asksLess(event.before.class.requests, event.pod.class.requests, pod.class.requests);
    case 'NodeAdded':
      return couldHold(event.node, pod.class.requests);
    case 'NodeChanged':
      return hasGrown(event.before, event.node) && couldHold(event.node, pod.class.requests);
    default:
      return false;
  }
}

function namesOf(resources: Resources): string[] {
  return ['cpu', 'memory', 'ephemeral-storage', ...resources.scalars.keys()];
}

function couldHold({ allocatable }: NodeFacts, wanted: Resources): boolean {
  return namesOf(wanted).every((name) => amountOf(wanted, name) <= amountOf(allocatable, name));
}

function hasGrown(before: NodeFacts, after: NodeFacts): boolean {
  if (after.allowedPods > before.allowedPods) return true;
  const names = namesOf(after.allocatable);
  return names.some((name) => amountOf(after.allocatable, name) > amountOf(before.allocatable, name));
}

function asksLess(before: Resources, after: Resources, wanted: Resources): boolean {
  return namesOf(wanted).some((name) => amountOf(wanted, name) > 0 && amountOf(after, name) < amountOf(before, name));
}

/** Constraints of the Pod itself; those by default never refuse unless an administrator made them hard. */
function spreadHint(pod: PodInfo, event: ClusterEvent): boolean {
  const constraints = pod.class.spreadConstraints;
  if (constraints.length === 0) return true;
  const counts = (other: PodInfo) =>
    other.namespace === pod.namespace && constraints.some(({ selector }) => selector.matches(other.labels));
  switch (event.kind) {
    case 'PodPlaced':
    case 'PodGone':
      return counts(event.pod);
    case 'PodChanged':
      return counts(event.pod) || counts(event.before);
    case 'NodeAdded':
    case 'NodeChanged':
    case 'NodeGone':
      return constraints.every(({ topologyKey }) => event.node.labels[topologyKey] !== undefined);
    default:
      return false;
  }
}

function affinityHint(pod: PodInfo, event: ClusterEvent, namespaceLabels: NamespaceLabels): boolean {
  const { required = [], requiredAnti = [] } = pod.class.affinity ?? {};
  const attracts = (other: PodInfo) => required.some(({ matcher }) => matcher.matches(other, namespaceLabels));
  const repels = (other: PodInfo) =>
    requiredAnti.some(({ matcher }) => matcher.matches(other, namespaceLabels)) ||
    (other.class.affinity?.requiredAnti.some(({ matcher }) => matcher.matches(pod, namespaceLabels)) ?? false);
  switch (event.kind) {
    case 'PodPlaced':
      return attracts(event.pod);
    case 'PodGone':
      return repels(event.pod) || attracts(event.pod);
    case 'PodChanged':
      return attracts(event.pod) || repels(event.before);
    case 'NodeAdded':
    case 'NodeChanged':
    case 'NamespaceChanged':
      return true;
    default:
      return false;
  }
}
