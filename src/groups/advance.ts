/**
 * The next write, if any, that brings one Pod nearer to where it should be. Each answer follows from the Pod as it is read
 * and from the goal alone, so that it makes no difference who made the writes before, or where they were broken off.
 */
import type { GroupSpec } from '../resources/index.ts';
import { type Change, changeBetween, levelOf } from './change.ts';
import { drained, needsDrain } from './drain.ts';
import { awaits, holds } from './hooks.ts';
import type { PodState } from './marks.ts';
import { materialOf } from './material.ts';
import type { Member } from './member.ts';
import { firstBatch, nextBatch, type Rebuild, rebuildDone, recordSeen } from './rebuild.ts';
import type { UpdateRecord } from './record.ts';
import { infeasible, type ResizeOutcome, resizeOutcome, resizeWish } from './resize.ts';
import type { Version } from './revision.ts';

export interface Goal {
  readonly version: Version;
  /** What the Pod is made of; undefined when nobody remembers. */
  readonly from: Version | undefined;
  /** An update may be begun now; one that has been is always brought to an end. */
  readonly begin: boolean;
  /** The Pod is to go for good. */
  readonly leave: boolean;
  /** Another revision always takes another Pod. */
  readonly anew: boolean;
}

export interface Surroundings {
  readonly spec: GroupSpec;
  readonly now: number;
  /** No EndpointSlice says any more that the Pod is ready. */
  readonly unserved: (member: Member) => boolean;
  /** The host takes resizes in place. */
  readonly canResize: boolean;
}

export type Act =
  | { readonly kind: 'mark'; readonly state: PodState; readonly record: UpdateRecord | null; readonly to?: Arrival }
  | { readonly kind: 'gate'; readonly open: boolean; readonly reason: string }
  | { readonly kind: 'rebuild'; readonly rebuild: Rebuild; readonly to: Arrival }
  | { readonly kind: 'resize'; readonly resources: Change['resources'] }
  /** `elsewhere`: its host has no room for what it will be. */
  | { readonly kind: 'delete'; readonly reason: string; readonly elsewhere?: boolean }
  | { readonly kind: 'wait'; readonly ms?: number }
  | { readonly kind: 'stuck'; readonly reason: string; readonly message: string };

/** The Pod is of this revision from then on, with its labels and annotations. */
export interface Arrival {
  readonly hash: string;
  readonly labels: Change['labels'];
  readonly annotations: Change['annotations'];
}

const WAIT: Act = { kind: 'wait' };

export function advance(member: Member, goal: Goal, around: Surroundings): Act {
  if (member.leaving) return WAIT;
  if (member.over) return { kind: 'delete', reason: 'Ended' };
  if (goal.leave) return leave(member, around, 'Surplus');
  const work = workOf(member, goal);
  switch (member.state) {
    case 'PreparingNormal':
    case 'Normal':
      return work.due && goal.begin ? begin(member, goal, around, work) : settle(member, around);
    case 'PreparingUpdate':
    case 'Draining':
      return work.due ? prepare(member, goal, around, work) : restore(member, around);
    case 'Resizing':
      return resizing(member, goal, around, work);
    case 'Updating':
      return updating(member, goal, around, work);
    case 'Updated':
      return work.due && !isBack(member, around) ? carryOut(member, goal, around, work) : settle(member, around);
    case 'PreparingDelete':
      return parting(member, goal, around, work);
  }
}

export interface Work {
  /** There is something to be done at all. */
  readonly due: boolean;
  readonly change: Change;
  readonly level: ReturnType<typeof levelOf>;
}

const NOTHING: Change = {
  labels: {},
  annotations: {},
  images: {},
  sidecarImages: {},
  resources: {},
  rereads: [],
  fixed: [],
};

/** What the Pod lacks: the change from its revision to the wished one, and containers that a request wants anew. */
export function workOf(member: Member, { version, from, anew }: Pick<Goal, 'version' | 'from' | 'anew'>): Work {
  const other = member.hash !== version.hash;
  const plain = !other
    ? NOTHING
    : from
      ? changeBetween(materialOf(from.data), materialOf(version.data))
      : { ...NOTHING, fixed: ['unknown revision'] };
  const requested = member.requested.filter((name) => !isUnderWay(member, name));
  const waiting = other && member.state === 'Updating' ? (member.record?.todo ?? []) : [];
  const change = { ...plain, rereads: [...new Set([...plain.rereads, ...requested, ...waiting])] };
  const level = levelOf(change);
  const recreate = anew && other && (level === 'Resize' || level === 'Rebuild');
  return { due: other || requested.length > 0, change, level: recreate ? 'Recreate' : level };
}

/** The container is being made anew already, for whatever reason: that will do. */
function isUnderWay({ state, record }: Member, name: string): boolean {
  return state === 'Updating' && (name in (record?.old ?? {}) || (record?.todo?.includes(name) ?? false));
}

/** From at rest: the lightest changes are done at once, for the others the Pod is taken out of service first. */
function begin(member: Member, goal: Goal, around: Surroundings, work: Work): Act {
  if (work.level === 'None' || work.level === 'Dynamic')
    return { kind: 'mark', state: member.state, record: null, to: arrival(goal, work) };
  const { preUpdate } = around.spec.lifecycle ?? {};
  const hold = holds(preUpdate, member.pod) || (member.gateOpen && needsDrain(member, work, around.spec));
  const state = holds(preUpdate, member.pod) ? 'PreparingUpdate' : 'Draining';
  if (hold) return { kind: 'mark', state, record: newRecord(goal, around) };
  return carryOut(member, goal, around, work);
}

function prepare(member: Member, goal: Goal, around: Surroundings, work: Work): Act {
  const { preUpdate } = around.spec.lifecycle ?? {};
  const held = holds(preUpdate, member.pod);
  const drain = needsDrain(member, work, around.spec);
  if (held && !(preUpdate?.markPodNotReady ?? true)) return WAIT;
  if (drain && member.gateOpen) return { kind: 'gate', open: false, reason: 'Updating' };
  if (held) return WAIT;
  const rest = drain ? drained(member, around) : { done: true as const };
  if (rest.done) return carryOut(member, goal, around, work);
  if (member.state !== 'Draining')
    return { kind: 'mark', state: 'Draining', record: member.record ?? newRecord(goal, around) };
  return rest.ms === undefined ? WAIT : { kind: 'wait', ms: rest.ms };
}

/** Out of service, or never to be: now the change itself. Amounts before images, so that there is one interruption. */
function carryOut(member: Member, goal: Goal, around: Surroundings, work: Work): Act {
  if (work.level === 'Recreate') return leave(member, around, 'Recreate');
  if (work.level === 'None' || work.level === 'Dynamic')
    return { kind: 'mark', state: 'Updated', record: null, to: arrival(goal, work) };
  if (resizeWish(member.pod, work.change)) {
    if (!around.canResize) return leave(member, around, 'ResizeUnsupported');
    return { kind: 'mark', state: 'Resizing', record: { ...newRecord(goal, around), drained: !member.gateOpen } };
  }
  return rebuild(member, goal, around, work);
}

function rebuild(member: Member, goal: Goal, around: Surroundings, work: Work): Act {
  const underWay = member.state === 'Updating' ? member.record : undefined;
  const batch = firstBatch(member.pod, work.change, goal.version, around, underWay);
  if (batch === 'impossible') return leave(member, around, 'Recreate');
  return { kind: 'rebuild', rebuild: batch, to: arrival(goal, work) };
}

function resizing(member: Member, goal: Goal, around: Surroundings, work: Work): Act {
  const wish = resizeWish(member.pod, work.due ? work.change : { ...NOTHING, resources: resourcesOf(goal.version) });
  if (wish) return { kind: 'resize', resources: wish };
  const outcome = resizeOutcome(member.pod, member.record, around);
  if (outcome.kind !== 'done') return work.due ? unresolved(outcome, member, goal, around) : WAIT;
  if (!work.due) return settle(member, around);
  if (work.level === 'Recreate') return leave(member, around, 'Recreate');
  if (work.level === 'Rebuild') return drainedRebuild(member, goal, around, work);
  return { kind: 'mark', state: member.gateOpen ? 'Normal' : 'Updated', record: null, to: arrival(goal, work) };
}

/** Other amounts interrupted nobody; what is wanted since then does. */
function drainedRebuild(member: Member, goal: Goal, around: Surroundings, work: Work): Act {
  const drain = needsDrain(member, work, around.spec);
  if (drain && member.gateOpen) return { kind: 'gate', open: false, reason: 'Updating' };
  const rest = drain ? drained(member, around) : { done: true as const };
  if (rest.done) return rebuild(member, goal, around, work);
  return rest.ms === undefined ? WAIT : { kind: 'wait', ms: rest.ms };
}

/** What follows where the server itself refused the amounts, as the Pod's host has not as much. */
export function withoutRoom(member: Member, goal: Goal, around: Surroundings, why: string): Act {
  const outcome = infeasible(member.pod, why, around);
  return outcome.kind === 'done' ? WAIT : unresolved(outcome, member, goal, around);
}

type Unresolved = Exclude<ResizeOutcome, { kind: 'done' }>;

function unresolved(outcome: Unresolved, member: Member, goal: Goal, around: Surroundings): Act {
  if (outcome.kind === 'wait') return outcome.ms === undefined ? WAIT : { kind: 'wait', ms: outcome.ms };
  if (outcome.kind === 'elsewhere') return moveOut(member, goal, around);
  return { kind: 'stuck', reason: 'ResizeInfeasible', message: outcome.message };
}

/** To another host; what it waits for on its way out is no reason to stay. */
function moveOut(member: Member, goal: Goal, around: Surroundings): Act {
  const act = leave(member, around, 'ResizeInfeasible');
  if (act.kind === 'mark') return { ...act, record: { ...newRecord(goal, around), elsewhere: true } };
  return act.kind === 'delete' ? { ...act, elsewhere: true } : act;
}

function parting(member: Member, goal: Goal, around: Surroundings, work: Work): Act {
  if (work.due && work.level === 'Recreate') return leave(member, around, 'Recreate');
  if (work.due && member.record?.elsewhere && member.record.revision === goal.version.hash)
    return moveOut(member, goal, around);
  if (work.due && work.level === 'Resize' && !around.canResize) return leave(member, around, 'ResizeUnsupported');
  return restore(member, around);
}

function updating(member: Member, goal: Goal, around: Surroundings, work: Work): Act {
  const over = rebuildDone(member.pod, member.record, around.now) === true && !member.record?.todo?.length;
  if (work.due && !(over && isBack(member, around))) return redirect(member, goal, around, work);
  const seen = recordSeen(member.pod, member.record);
  if (seen) return { kind: 'mark', state: 'Updating', record: seen };
  const done = rebuildDone(member.pod, member.record, around.now);
  if (done !== true) return done === undefined ? WAIT : { kind: 'wait', ms: done };
  const more = nextBatch(member.pod, member.record, goal.version, around);
  if (more) return { kind: 'rebuild', rebuild: more, to: { hash: goal.version.hash, labels: {}, annotations: {} } };
  return settle(member, around);
}

/** Another goal while containers are on their way: those that have not been replaced yet still will be, so they are waited for. */
function redirect(member: Member, goal: Goal, around: Surroundings, work: Work): Act {
  if (work.level === 'Recreate') return leave(member, around, 'Recreate');
  const wish = resizeWish(member.pod, work.change);
  if (wish) return around.canResize ? { kind: 'resize', resources: wish } : leave(member, around, 'ResizeUnsupported');
  return rebuild(member, goal, around, work);
}

/** It serves again, which only has to be written down: whatever is wanted of it now begins anew, with a drain and a budget. */
function isBack(member: Member, around: Surroundings): boolean {
  return member.gateOpen && settle(member, around).kind === 'mark';
}

/** Into service: containers are ready, the hook lets it, the gate opens, and only then the Pod counts as normal. */
function settle(member: Member, { spec }: Surroundings): Act {
  if (member.state === 'Normal' && member.gateOpen) return WAIT;
  if (!member.containersReady) return WAIT;
  if (awaits(spec.lifecycle?.preNormal, member.pod)) return WAIT;
  if (!member.gateOpen) return { kind: 'gate', open: true, reason: 'Normal' };
  // Its host says so in a moment, and a write before that would only meet with the host's.
  if (!member.ready) return WAIT;
  return { kind: 'mark', state: 'Normal', record: null };
}

/** What was begun is not wanted any more: back into service as it was. */
function restore(member: Member, around: Surroundings): Act {
  const act = settle(member, around);
  if (act.kind !== 'wait' || member.containersReady) return act;
  return { kind: 'mark', state: 'PreparingNormal', record: null };
}

function leave(member: Member, around: Surroundings, reason: string): Act {
  const { preDelete } = around.spec.lifecycle ?? {};
  const held = holds(preDelete, member.pod);
  const { gracePeriodSeconds, drain } = around.spec.updateStrategy.rollingUpdate.rebuild;
  const gentle = member.gateOpen && member.ready && drain !== 'None' && (held || gracePeriodSeconds > 0);
  if ((gentle || held) && member.state !== 'PreparingDelete' && !(member.inFlight && !member.gateOpen))
    return { kind: 'mark', state: 'PreparingDelete', record: null };
  if (member.gateOpen && (gentle || (held && (preDelete?.markPodNotReady ?? true))))
    return { kind: 'gate', open: false, reason: 'Leaving' };
  if (held) return WAIT;
  const rest = member.state === 'PreparingDelete' ? drained(member, around) : { done: true as const };
  if (!rest.done) return rest.ms === undefined ? WAIT : { kind: 'wait', ms: rest.ms };
  return { kind: 'delete', reason };
}

function arrival({ version }: Goal, { change }: Work): Arrival {
  return { hash: version.hash, labels: change.labels, annotations: change.annotations };
}

function newRecord({ version }: Goal, { now }: Surroundings): UpdateRecord {
  return { revision: version.hash, since: now };
}

function resourcesOf(version: Version): Change['resources'] {
  const { containers, initContainers = [] } = materialOf(version.data).spec;
  return Object.fromEntries([...containers, ...initContainers].map(({ name, resources = {} }) => [name, resources]));
}
