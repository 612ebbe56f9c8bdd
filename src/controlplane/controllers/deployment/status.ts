/** What a Deployment's status says. */
import { type apps, type Deployment, type ReplicaSet, rfc3339 } from '../../../kube/index.ts';
import { limitsOf, sizeOf, total } from './limits.ts';
import type { Sets } from './scale.ts';

type Status = apps.DeploymentStatus;
type Condition = apps.DeploymentCondition;

/** A deadline this long means none. */
const NO_DEADLINE = 2 ** 31 - 1;

export function deploymentStatus(deployment: Deployment, { current, old }: Sets, now: number): Status {
  const all = [current, ...old];
  const available = total(all, (set) => set.status?.availableReplicas ?? 0);
  const { replicas, unavailable } = limitsOf(deployment);
  const enough = available >= replicas - unavailable;
  const { collisionCount } = deployment.status ?? {};
  return {
    observedGeneration: deployment.metadata.generation,
    replicas: total(all, (set) => set.status?.replicas ?? 0),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: total(all, (set) => set.status?.readyReplicas ?? 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, total(all, sizeOf) - available),
    ...(collisionCount !== undefined && { collisionCount }),
    conditions: withCondition(
      deployment.status?.conditions ?? [],
      {
        type: 'Available',
        status: enough ? 'True' : 'False',
        reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
        message: `Deployment ${enough ? 'has' : 'does not have'} minimum availability.`,
      },
      now,
    ),
  };
}

/** The status during and after a rollout: with the Progressing and ReplicaFailure conditions brought up to date. */
export function rolloutStatus(deployment: Deployment, sets: Sets, now: number): Status {
  const status = deploymentStatus(deployment, sets, now);
  const progressed = withProgress(deployment, status, sets.current, now);
  return { ...progressed, conditions: withFailures(progressed.conditions ?? [], sets) };
}

export function isComplete(deployment: Deployment, status: Status): boolean {
  const replicas = deployment.spec.replicas ?? 1;
  return (
    status.updatedReplicas === replicas &&
    status.replicas === replicas &&
    status.availableReplicas === replicas &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

export function hasDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== NO_DEADLINE;
}

/** Milliseconds until the deadline has to be looked at; undefined when no rollout is under way. */
export function untilDeadline(deployment: Deployment, status: Status, now: number): number | undefined {
  const progressing = find(status.conditions, 'Progressing');
  if (!hasDeadline(deployment) || !progressing || isComplete(deployment, status)) return undefined;
  if (progressing.reason === 'ProgressDeadlineExceeded' || progressing.reason === 'NewReplicaSetAvailable') {
    return undefined;
  }
  return Math.max(0, deadlineOf(deployment, progressing) - now) + 1000;
}

/** Pausing stops the clock of the deadline, resuming starts it afresh. Undefined when nothing is to be written. */
export function pauseConditions(deployment: Deployment, now: number): Condition[] | undefined {
  if (!hasDeadline(deployment)) return undefined;
  const progressing = find(deployment.status?.conditions, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') return undefined;
  const paused = deployment.spec.paused === true;
  if (paused === (progressing?.reason === 'DeploymentPaused')) return undefined;
  const [reason, message] = paused
    ? ['DeploymentPaused', 'Deployment is paused']
    : ['DeploymentResumed', 'Deployment is resumed'];
  const condition = { type: 'Progressing', status: 'Unknown', reason, message };
  return withCondition(deployment.status?.conditions ?? [], condition, now);
}

/** The condition put in place; unchanged if it says the same (status and reason) already. */
export function withCondition(
  conditions: readonly Condition[],
  condition: Omit<Condition, 'lastUpdateTime' | 'lastTransitionTime'>,
  now: number,
): Condition[] {
  const before = find(conditions, condition.type);
  if (before?.status === condition.status && before.reason === condition.reason) return [...conditions];
  return put(conditions, before, condition, now);
}

function put(
  conditions: readonly Condition[],
  before: Condition | undefined,
  condition: Omit<Condition, 'lastUpdateTime' | 'lastTransitionTime'>,
  now: number,
): Condition[] {
  const time = rfc3339(now);
  const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : time;
  const others = conditions.filter((other) => other.type !== condition.type);
  return [...others, { ...condition, lastUpdateTime: time, lastTransitionTime }];
}

function withProgress(deployment: Deployment, status: Status, current: ReplicaSet | undefined, now: number): Status {
  const conditions = status.conditions ?? [];
  if (!hasDeadline(deployment)) return { ...status, conditions: without(conditions, 'Progressing') };
  const before = find(conditions, 'Progressing');
  if (status.replicas === status.updatedReplicas && before?.reason === 'NewReplicaSetAvailable') return status;
  const subject = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const say = (value: string, reason: string, words: string) => ({
    type: 'Progressing',
    status: value,
    reason,
    message: `${subject} ${words}.`,
  });
  if (isComplete(deployment, status)) {
    const done = say('True', 'NewReplicaSetAvailable', 'has successfully progressed');
    return { ...status, conditions: withCondition(conditions, done, now) };
  }
  if (madeProgress(deployment.status ?? {}, status)) {
    return { ...status, conditions: put(conditions, before, say('True', 'ReplicaSetUpdated', 'is progressing'), now) };
  }
  if (isTimedOut(deployment, before, now)) {
    const late = say('False', 'ProgressDeadlineExceeded', 'has timed out progressing');
    return { ...status, conditions: withCondition(conditions, late, now) };
  }
  return status;
}

function madeProgress(before: Status, after: Status): boolean {
  const updated = (status: Status) => status.updatedReplicas ?? 0;
  const outdated = (status: Status) => (status.replicas ?? 0) - updated(status);
  return (
    updated(after) > updated(before) ||
    outdated(after) < outdated(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function isTimedOut(deployment: Deployment, progressing: Condition | undefined, now: number): boolean {
  if (!progressing || progressing.reason === 'NewReplicaSetAvailable') return false;
  if (progressing.reason === 'ProgressDeadlineExceeded') return true;
  if (deployment.spec.paused) return false;
  return deadlineOf(deployment, progressing) < now;
}

function deadlineOf(deployment: Deployment, progressing: Condition): number {
  return Date.parse(progressing.lastUpdateTime ?? '') + deployment.spec.progressDeadlineSeconds! * 1000;
}

/** The new ReplicaSet's failure counts most; without one, any other's. */
function withFailures(conditions: readonly Condition[], { current, old }: Sets): Condition[] {
  const failures = [current, ...old].map((set) => set?.status?.conditions?.find((c) => c.type === 'ReplicaFailure'));
  const failure = failures.find((condition) => condition !== undefined);
  const others = without(conditions, 'ReplicaFailure');
  if (!failure) return others;
  const { type, status, reason, message, lastTransitionTime } = failure;
  return [...others, { type, status, reason, message, lastUpdateTime: lastTransitionTime, lastTransitionTime }];
}

function find(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

function without(conditions: readonly Condition[], type: string): Condition[] {
  return conditions.filter((condition) => condition.type !== type);
}
