/** The Pod conditions that a kubelet owns, without their times. */
import { isConditionTrue, type Pod } from '../kube/index.ts';
import type { ContainerRecord } from './container-record.ts';
import type { PodLife } from './pod-life.ts';
import type { PodPhase } from './pod-phase.ts';
import type { PodCondition } from './pod-status.ts';
import { isPast } from './turn.ts';

/** Types that only the kubelet writes; those of them that no longer hold are taken off the Pod. */
export const OWN_CONDITIONS: readonly string[] = [
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodResizePending',
  'PodResizeInProgress',
];

export function podConditions(life: PodLife, phase: PodPhase): PodCondition[] {
  const ready = containersReady(life, phase);
  return [
    ...resizeConditions(life),
    { type: 'PodReadyToStartContainers', status: life.sandbox ? 'True' : 'False' },
    initialized(life, phase),
    ready.status === 'True' ? gatesReady(life.pod) : { ...ready, type: 'Ready' },
    ready,
    ...scheduled(life.pod),
  ];
}

function initialized(life: PodLife, phase: PodPhase): PodCondition {
  const type = 'Initialized';
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' };
  const names = namesOf(life, (c) => (c.kind === 'init' || c.kind === 'sidecar') && !isPast(c));
  const begun = life.containers.some((c) => c.kind === 'app' && !c.status.state.waiting);
  if (!names || begun) return { type, status: 'True' };
  const message = `containers with incomplete status: [${names}]`;
  return { type, status: 'False', reason: 'ContainersNotInitialized', message };
}

function containersReady(life: PodLife, phase: PodPhase): PodCondition {
  const type = 'ContainersReady';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  const names = namesOf(life, (c) => (c.kind === 'app' || c.kind === 'sidecar') && !c.status.ready);
  if (!names) return { type, status: 'True' };
  return { type, status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${names}]` };
}

function gatesReady(pod: Pod): PodCondition {
  const closed = (pod.spec.readinessGates ?? []).filter((gate) => !isConditionTrue(pod, gate.conditionType));
  if (closed.length === 0) return { type: 'Ready', status: 'True' };
  const message = closed.map(({ conditionType }) => gateText(pod, conditionType)).join(', ');
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message };
}

function gateText(pod: Pod, type: string): string {
  const condition = pod.status?.conditions?.find((c) => c.type === type);
  if (!condition) return `corresponding condition of pod readiness gate "${type}" does not exist.`;
  return `the status of pod readiness gate "${type}" is not "True", but ${condition.status}`;
}

/** A Pod that never met a scheduler still counts as scheduled. */
function scheduled(pod: Pod): PodCondition[] {
  return isConditionTrue(pod, 'PodScheduled') ? [] : [{ type: 'PodScheduled', status: 'True' }];
}

function resizeConditions({ resize: { phase, message } }: PodLife): PodCondition[] {
  if (phase === 'underway') return [{ type: 'PodResizeInProgress', status: 'True' }];
  if (phase === 'blocked') return [{ type: 'PodResizeInProgress', status: 'True', reason: 'Error', message }];
  if (phase === 'none') return [];
  const reason = phase === 'infeasible' ? 'Infeasible' : 'Deferred';
  return [{ type: 'PodResizePending', status: 'True', reason, message }];
}

function namesOf(life: PodLife, test: (c: ContainerRecord) => boolean): string {
  return life.containers
    .filter(test)
    .map((c) => c.spec.name)
    .join(' ');
}
