/** What a Group's status says. */

import { workloadSelector } from '../control/index.ts';
import { type Condition, rfc3339 } from '../kube/index.ts';
import type { Group, GroupStatus } from '../resources/index.ts';
import type { Course } from './course.ts';
import type { Member } from './member.ts';
import { lowest } from './ordinals.ts';
import type { Instance } from './placement.ts';
import type { Plan } from './plan.ts';
import { resizeTrouble } from './resize.ts';
import type { Version } from './revision.ts';
import type { Trouble } from './troubles.ts';

/** More would make the object too large; Pods tell the same of themselves. */
const MOST_INSTANCES = 500;

export interface Findings {
  readonly course: Course;
  readonly update: Version;
  readonly current: Version;
  readonly members: readonly Member[];
  readonly plan: Plan;
  readonly collisionCount: number | undefined;
  /** What the writes of this pass came to. */
  readonly scaleFault: string | undefined;
  readonly trouble: Trouble | undefined;
  /** Replicas whose last host refused them, or is to be forgotten. */
  readonly notes: ReadonlyMap<number, 'Retry' | 'Reschedule'>;
  /** Of addresses that were promised. */
  readonly addresses: Trouble | 'none' | undefined;
  /** Of the policy that is named. */
  readonly policy: Trouble | 'none' | undefined;
  readonly now: number;
}

type GroupCondition = NonNullable<GroupStatus['conditions']>[number];

export function groupStatus(group: Group, findings: Findings): GroupStatus {
  const { members, update, current, collisionCount, course, plan } = findings;
  const there = members.filter(({ leaving }) => !leaving);
  const updated = there.filter(({ hash }) => hash === course.target.hash);
  const counts = {
    replicas: members.length,
    readyReplicas: there.filter(({ ready }) => ready).length,
    availableReplicas: there.filter(({ available }) => available).length,
    updatedReplicas: updated.length,
    updatedReadyReplicas: updated.filter(({ ready }) => ready).length,
    updatedAvailableReplicas: updated.filter(({ available }) => available).length,
    expectedUpdatedReplicas: plan.expectedUpdated,
  };
  const arrived = isArrived(group, findings, counts);
  return {
    observedGeneration: group.metadata.generation ?? 0,
    ...counts,
    currentRevision: arrived ? course.target.name : current.name,
    updateRevision: update.name,
    ...(collisionCount !== undefined && { collisionCount }),
    labelSelector: workloadSelector(group.spec.selector).toString(),
    instances: instancesOf(group, findings),
    conditions: conditionsOf(group, findings, counts, arrived),
  };
}

type Counts = Pick<GroupStatus, 'updatedReplicas' | 'updatedAvailableReplicas' | 'availableReplicas' | 'replicas'>;

/** All replicas have the target and are in service: it is what the Group has from now on. */
function isArrived({ spec }: Group, { members, course }: Findings, counts: Counts): boolean {
  const { replicas } = spec;
  const rest = members.every(({ hash, inFlight }) => hash === course.target.hash && !inFlight);
  return counts.updatedAvailableReplicas === replicas && members.length === replicas && rest;
}

function instancesOf(group: Group, { members, notes }: Findings): Instance[] {
  const before = new Map((group.status?.instances ?? []).map((instance) => [instance.ordinal, instance]));
  const now = new Map(members.map((member) => [member.ordinal, instanceOf(member, before.get(member.ordinal))]));
  const wanted = lowest(group, group.spec.replicas);
  for (const ordinal of wanted) {
    const last = before.get(ordinal);
    if (!now.has(ordinal) && last) now.set(ordinal, { ...last, state: 'Missing' });
  }
  for (const [ordinal, lastAction] of notes) {
    const instance = now.get(ordinal);
    if (!instance) continue;
    const { node, ...rest } = instance;
    now.set(ordinal, { ...rest, ...(lastAction === 'Retry' && node && { node }), lastAction });
  }
  const all = [...now.values()];
  const busy = all.length > MOST_INSTANCES ? all.filter(({ state }) => state !== 'Normal') : [];
  const chosen = new Set([...busy, ...all.sort((a, b) => a.ordinal - b.ordinal)].slice(0, MOST_INSTANCES));
  return [...chosen].sort((a, b) => a.ordinal - b.ordinal);
}

/** Before there is any revision: only why there is none. */
export function unpublishedStatus(group: Group, trouble: Trouble, now: number): GroupStatus {
  const before = group.status?.conditions ?? [];
  const wish = { type: 'FailedUpdate', status: 'True' as const, ...trouble };
  const others = before.filter(({ type }) => type !== wish.type);
  return { ...group.status, conditions: [...others, timed(wish, before, group, now)] };
}

/** A Pod without a host yet keeps the memory of the last one; one that has been uprooted has none to keep. */
function instanceOf({ pod, ordinal, hash, state, leaving }: Member, before: Instance | undefined): Instance {
  const node = pod.spec.nodeName ?? before?.node;
  const ip = pod.status?.podIP ?? before?.ip;
  const lastAction = pod.spec.nodeName ? undefined : before?.lastAction;
  return {
    ordinal,
    podName: pod.metadata.name,
    ...(ip && { ip }),
    ...(node && { node }),
    revision: hash,
    state: leaving ? 'Terminating' : state,
    ...(lastAction && { lastAction }),
  };
}

function conditionsOf(group: Group, findings: Findings, counts: Counts, arrived: boolean): GroupCondition[] {
  const { scaleFault, trouble, members, now } = findings;
  const before = group.status?.conditions ?? [];
  const blocked = members.map(({ pod }) => ({ pod, why: resizeTrouble(pod) })).filter(({ why }) => why !== undefined);
  const wished: Wish[] = [
    progressing(group, findings, counts, arrived),
    available(group, counts),
    fault('FailedScale', scaleFault && { reason: 'CreateRefused', message: scaleFault }),
    fault('FailedUpdate', trouble ?? findings.plan.trouble),
    fault(
      'ResizeBlocked',
      blocked[0] && {
        reason: blocked[0].why!.split(':')[0]!,
        message: `Pod ${blocked[0].pod.metadata.name}: ${blocked[0].why}`,
      },
    ),
    promise('StableIP', 'Retained', findings.addresses),
    promise('Protected', 'PolicySelects', findings.policy),
  ].filter((wish) => wish !== undefined);
  const own = new Set([
    'Progressing',
    'Available',
    'FailedScale',
    'FailedUpdate',
    'ResizeBlocked',
    'StableIP',
    'Protected',
  ]);
  return [...wished.map((wish) => timed(wish, before, group, now)), ...before.filter(({ type }) => !own.has(type))];
}

interface Wish extends Pick<Condition, 'type' | 'reason' | 'message'> {
  readonly status: 'True' | 'False';
  /** When something last moved. */
  readonly lastUpdateTime?: string;
}

/** Nothing is said of what nobody was promised. */
function promise(type: string, kept: string, trouble: Trouble | 'none' | undefined): Wish | undefined {
  if (!trouble) return undefined;
  return trouble === 'none' ? { type, status: 'True', reason: kept } : { type, status: 'False', ...trouble };
}

function fault(type: string, why: { reason: string; message: string } | undefined | ''): Wish | undefined {
  return why ? { type, status: 'True', ...why } : undefined;
}

function available({ spec }: Group, { availableReplicas = 0 }: Counts): Wish {
  const type = 'Available';
  if (availableReplicas >= spec.replicas) return { type, status: 'True', reason: 'AllAvailable' };
  return {
    type,
    status: 'False',
    reason: 'NotAllAvailable',
    message: `${availableReplicas} of ${spec.replicas} Pods are available`,
  };
}

/** Progress is any Pod that comes nearer to its goal; without any for too long the update is stuck, which is said once. */
function progressing(group: Group, findings: Findings, counts: Counts, arrived: boolean): Wish {
  const { now, course } = findings;
  const type = 'Progressing';
  const before = group.status?.conditions?.find((condition) => condition.type === type);
  const { updatedAvailableReplicas = 0, availableReplicas = 0 } = counts;
  const expected = findings.plan.expectedUpdated;
  const kept = before?.lastUpdateTime ?? rfc3339(now);
  const message = `${updatedAvailableReplicas} of ${expected} Pods have revision ${course.target.hash} and are available`;
  const resting = (reason: string): Wish => ({ type, status: 'True', reason, message, lastUpdateTime: kept });
  if (arrived) return resting('GroupAvailable');
  if (course.paused) return resting('GroupPaused');
  if (updatedAvailableReplicas >= expected && availableReplicas >= group.spec.replicas)
    return resting('ProgressPartitionAvailable');
  const lastUpdateTime = !before || hasMoved(group, counts) ? rfc3339(now) : kept;
  const late = Date.parse(lastUpdateTime) + group.spec.progressDeadlineSeconds * 1000 <= now;
  if (late) return { type, status: 'False', reason: 'ProgressDeadlineExceeded', message, lastUpdateTime };
  return { type, status: 'True', reason: 'GroupUpdating', message, lastUpdateTime };
}

/** What begins after a rest has moved, too. */
const RESTS: ReadonlySet<string | undefined> = new Set(['GroupAvailable', 'GroupPaused', 'ProgressPartitionAvailable']);

function hasMoved({ status, metadata }: Group, counts: Counts): boolean {
  if (!status || status.observedGeneration !== metadata.generation) return true;
  if (RESTS.has(status.conditions?.find(({ type }) => type === 'Progressing')?.reason)) return true;
  const fields = ['updatedReplicas', 'updatedAvailableReplicas', 'availableReplicas', 'replicas'] as const;
  return fields.some((field) => status[field] !== counts[field]);
}

function timed(wish: Wish, before: readonly GroupCondition[], { metadata }: Group, now: number): GroupCondition {
  const last = before.find(({ type }) => type === wish.type);
  const lastTransitionTime =
    last?.status === wish.status && last.lastTransitionTime ? last.lastTransitionTime : rfc3339(now);
  return { ...wish, lastTransitionTime, observedGeneration: metadata.generation ?? 0 };
}
