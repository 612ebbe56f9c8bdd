/** The status that a kubelet reports for a Pod, composed from what it knows of the containers. */
import { type core, rfc3339 } from '../kube/index.ts';
import type { ContainerKind, ContainerStatus } from './container-record.ts';
import { podConditions } from './pod-conditions.ts';
import type { PodLife } from './pod-life.ts';
import { podPhase } from './pod-phase.ts';

export type PodCondition = core.PodCondition & { observedGeneration?: number };

/** The part of a Pod's status that its kubelet owns. */
export interface PodStatus {
  readonly observedGeneration?: number;
  readonly phase: string;
  readonly reason?: string;
  readonly message?: string;
  readonly hostIP?: string;
  readonly hostIPs?: readonly { ip: string }[];
  readonly podIP?: string;
  readonly podIPs?: readonly { ip: string }[];
  readonly startTime?: string;
  /** Only the kubelet's own types; others' conditions stay in the API. */
  readonly conditions: readonly PodCondition[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
}

/** `before` (the last composed, at first what the API has) lends its transition times. */
export function podStatus(life: PodLife, before?: PodStatus): PodStatus {
  const { pod, host, address, moreAddresses, ending, startTime } = life;
  const earlier = before?.conditions ?? [];
  const generation = pod.metadata.generation;
  const phase = podPhase(life);
  return {
    ...(generation !== undefined && { observedGeneration: generation }),
    phase,
    ...(ending && { reason: ending.reason, message: ending.message }),
    ...(startTime && { hostIP: host.address, hostIPs: [{ ip: host.address }], startTime }),
    ...(address && { podIP: address, podIPs: [address, ...moreAddresses].map((ip) => ({ ip })) }),
    conditions: podConditions(life, phase).map((wanted) => timed(wanted, earlier, life)),
    ...statuses(life, 'initContainerStatuses', ['init', 'sidecar']),
    ...statuses(life, 'containerStatuses', ['app']),
    ...statuses(life, 'ephemeralContainerStatuses', ['ephemeral']),
  };
}

function statuses(life: PodLife, field: string, kinds: readonly ContainerKind[]): object {
  const list = life.containers.filter((c) => kinds.includes(c.kind)).map((c) => c.status);
  return list.length === 0 ? {} : { [field]: list };
}

/** The transition time moves only with the status. */
function timed(wanted: PodCondition, earlier: readonly PodCondition[], life: PodLife): PodCondition {
  const old = earlier.find((c) => c.type === wanted.type);
  const generation = life.pod.metadata.generation;
  const lastTransitionTime =
    old?.status === wanted.status && old.lastTransitionTime ? old.lastTransitionTime : rfc3339(life.now);
  return { ...wanted, lastTransitionTime, ...(generation !== undefined && { observedGeneration: generation }) };
}
