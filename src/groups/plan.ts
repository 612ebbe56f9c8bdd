/** What a Group should do next: which Pods are made, which go, which are updated. Pure: the world as read in, steps out. */
import { chooseForDeletion, scaled } from '../control/index.ts';
import type { Pod } from '../kube/index.ts';
import type { Group, GroupSpec } from '../resources/index.ts';
import { type Work, workOf } from './advance.ts';
import { type Allocation, allocate, type Slot } from './allocation.ts';
import { type Candidate, chooseToBegin, maxSurge, maxUnavailable } from './budget.ts';
import type { Course } from './course.ts';
import { needsDrain } from './drain.ts';
import { isOut, type Member } from './member.ts';
import { updateOrder } from './order.ts';
import { lowest, usable } from './ordinals.ts';
import type { Version } from './revision.ts';

export interface World {
  readonly group: Group;
  readonly course: Course;
  /** All Pods of the Group, leaving ones too. */
  readonly members: readonly Member[];
  readonly versionOf: (hash: string) => Version | undefined;
  readonly now: number;
  /** An earlier try was refused: nothing is begun, and what has been is taken back. */
  readonly refused?: boolean;
  /** Not yet. */
  readonly held?: boolean;
}

export interface Plan {
  readonly create: readonly { readonly ordinal: number; readonly version: Version }[];
  /** Every Pod that has somewhere to go, with where. */
  readonly pursue: readonly Candidate[];
  /** Why updates do not go on, for people. */
  readonly trouble: { readonly reason: string; readonly message: string } | undefined;
  /** Replicas that are to be at the target for now. */
  readonly expectedUpdated: number;
  /** Ordinals of the replicas there should be. */
  readonly wanted: ReadonlySet<number>;
}

export function planGroup(world: World): Plan {
  const { group, course, members } = world;
  const staying = members.filter(({ leaving, over }) => !leaving && !over);
  const wanted = wantedOrdinals(group, staying, world.now);
  const slots = slotsOf(wanted, staying);
  const allocation = allocate(group, slots, course, world.versionOf);
  const goals = goalsOf(world, slots, allocation);
  const surge = surgeOf(world, goals, slots, staying);
  const taken = new Set(members.map(({ ordinal }) => ordinal));
  const missing = [...wanted, ...surge].filter((ordinal) => !taken.has(ordinal));
  const surplus = staying.filter(({ ordinal }) => !wanted.has(ordinal) && !surge.has(ordinal));
  const { begun, trouble } = choose(world, goals, slots, surge);
  return {
    create: creatable(group, missing, slots).map((ordinal) => ({
      ordinal,
      version: (wanted.has(ordinal) ? allocation.get(ordinal) : course.target) ?? course.stable,
    })),
    pursue: [
      ...members.filter(({ over, leaving }) => over && !leaving).map((member) => leaver(member, world)),
      ...surplus.map((member) => leaver(member, world)),
      ...goals.map(({ member, goal }) => ({ member, goal: { ...goal, begin: begun.has(member) } })),
      ...staying.filter(({ ordinal }) => surge.has(ordinal)).map((member) => stayer(member, world)),
    ],
    trouble,
    wanted,
    expectedUpdated: [...allocation.values()].filter((version) => version?.hash === course.target.hash).length,
  };
}

/** Nothing more is begun; what has been is led on. */
export function withoutBeginnings(plan: Plan): Plan {
  return { ...plan, pursue: plan.pursue.map(({ member, goal }) => ({ member, goal: { ...goal, begin: false } })) };
}

/** Pods that serve now and that the plan begins to take out of service. */
export function interruptedBy({ pursue }: Plan, spec: GroupSpec): Pod[] {
  const begun = pursue.filter(({ member, goal }) => goal.begin && !goal.leave && !isOut(member));
  return begun
    .filter(({ member, goal }) => isInterrupted(member, workOf(member, goal), spec))
    .map(({ member }) => member.pod);
}

function isInterrupted(member: Member, work: Work, spec: GroupSpec): boolean {
  return work.level === 'Rebuild' || needsDrain(member, work, spec) || work.level === 'Recreate';
}

/** Under the policy of the lowest ordinals it is always the same ones; under that of costs those that are there stay. */
function wantedOrdinals(group: Group, staying: readonly Member[], now: number): ReadonlySet<number> {
  const { replicas, scaleStrategy } = group.spec;
  if (scaleStrategy.scaleDownPolicy === 'HighestOrdinal') return new Set(lowest(group, replicas));
  const allowed = usable(group);
  const kept = staying.filter(({ ordinal }) => allowed(ordinal));
  const pods = kept.map(({ pod }) => pod);
  const going = new Set(chooseForDeletion(pods, pods, Math.max(0, kept.length - replicas), now));
  const ordinals = kept.filter(({ pod }) => !going.has(pod)).map(({ ordinal }) => ordinal);
  const held = new Set(ordinals);
  return new Set([...ordinals, ...lowest(group, Math.max(0, replicas - ordinals.length), held)]);
}

function slotsOf(wanted: ReadonlySet<number>, staying: readonly Member[]): Slot[] {
  const byOrdinal = new Map(staying.map((member) => [member.ordinal, member]));
  return [...wanted].sort((a, b) => a - b).map((ordinal) => ({ ordinal, member: byOrdinal.get(ordinal) }));
}

function goalsOf(world: World, slots: readonly Slot[], allocation: Allocation): Candidate[] {
  return slots.flatMap(({ ordinal, member }) => {
    if (!member) return [];
    const from = world.versionOf(member.hash);
    const wish = allocation.get(ordinal) ?? from ?? world.course.stable;
    const version = world.refused && from ? from : wish;
    return [{ member, goal: { version, from, begin: false, leave: false, anew: isAlwaysAnew(world.group) } }];
  });
}

/**
 * Extra Pods of the target stand in while others are interrupted; changes that interrupt nobody need none. Those that are
 * there stay until the replica they stand in for is back in service.
 */
function surgeOf(
  { group, course }: World,
  goals: readonly Candidate[],
  slots: readonly Slot[],
  staying: readonly Member[],
): ReadonlySet<number> {
  const most = course.onDelete || course.paused ? 0 : maxSurge(group.spec);
  if (most === 0) return new Set();
  const ahead = goals.filter(({ member, goal }) => {
    if (goal.version.hash !== course.target.hash) return false;
    const { level } = workOf(member, goal);
    return level === 'Rebuild' || level === 'Recreate';
  }).length;
  const places = lowest(group, most, new Set(slots.map(({ ordinal }) => ordinal)));
  const there = staying.filter(({ ordinal }) => places.includes(ordinal)).length;
  const away = slots.filter(({ member }) => !member || (isOut(member) && member.hash === course.target.hash)).length;
  return new Set(places.slice(0, Math.min(most, ahead + Math.min(there, away))));
}

/** With a limit no more Pods may be on their way up at once. */
function creatable(group: Group, missing: readonly number[], slots: readonly Slot[]): number[] {
  const { maxUnavailable: limit } = group.spec.scaleStrategy;
  if (limit === undefined) return [...missing];
  const rising = slots.filter(({ member }) => member && !member.available).length;
  const room = Math.max(1, scaled(limit, group.spec.replicas, 'down')) - rising;
  return missing.slice(0, Math.max(0, room));
}

function choose(
  world: World,
  goals: readonly Candidate[],
  slots: readonly Slot[],
  surge: ReadonlySet<number>,
): { begun: ReadonlySet<Member>; trouble: Plan['trouble'] } {
  const { group, course, members } = world;
  const resting = goals.filter(({ member, goal }) => !member.inFlight && workOf(member, goal).due);
  const isThird = (member: Member) => member.hash !== course.target.hash && member.hash !== course.stable.hash;
  const goalOf = new Map(resting.map((one) => [one.member, one]));
  const order = updateOrder([...goalOf.keys()], group.spec.updateStrategy.rollingUpdate, isThird);
  const all = order.map((member) => goalOf.get(member)!);
  const refused = all.filter((one) => refusalOf(group, one));
  const trouble = refused[0] && refusalOf(group, refused[0]);
  const open = all.filter((one) => !refused.includes(one) && mayBegin(one, world));
  const limit = maxUnavailable(group.spec) + members.filter((m) => surge.has(m.ordinal) && m.available).length;
  const heading = course.back ? course.stable : course.target;
  const isSpreading = ({ member, goal }: Candidate) =>
    member.inFlight || (goal.version.hash === heading.hash && !workOf(member, goal).due);
  const underWay = goals.filter((one) => isOut(one.member) && isSpreading(one));
  return { begun: chooseToBegin(open, slots, underWay.length, limit), trouble };
}

/** A pause stops new revisions, not the rebuilds that somebody has asked for. */
function mayBegin({ member, goal }: Candidate, { course, held }: World): boolean {
  if (goal.version.hash === member.hash) return true;
  return !course.paused && !held;
}

function isAlwaysAnew({ spec }: Group): boolean {
  const { podUpdatePolicy } = spec.updateStrategy.rollingUpdate;
  return podUpdatePolicy === 'Recreate' || podUpdatePolicy === 'ReCreate';
}

function isLocalOnly({ spec }: Group): boolean {
  const { podUpdatePolicy } = spec.updateStrategy.rollingUpdate;
  return podUpdatePolicy === 'LocalOnly' || podUpdatePolicy === 'InPlaceOnly';
}

/** Why the Group itself does not want, or cannot have, this Pod changed. */
function refusalOf(group: Group, { member, goal }: Candidate): Plan['trouble'] {
  const { level, change } = workOf(member, goal);
  if (level === 'Recreate' && isLocalOnly(group)) {
    const message = `podUpdatePolicy LocalOnly: ${change.fixed.join(', ')} cannot change in a Pod; nothing was touched`;
    return { reason: 'NotLocal', message };
  }
  const { trigger } = group.spec.updateStrategy.rollingUpdate.rebuild;
  if (level !== 'Rebuild' || trigger === 'ImageRef') return undefined;
  const lack = trigger === 'Agent' ? 'no agent runs on its hosts' : 'its hosts do not restart all containers of a Pod';
  return {
    reason: 'TriggerUnsupported',
    message: `rebuild.trigger ${trigger}: this cluster cannot do it, ${lack}; use ImageRef; nothing was touched`,
  };
}

function leaver(member: Member, world: World): Candidate {
  const from = world.versionOf(member.hash);
  return { member, goal: { version: from ?? world.course.stable, from, begin: false, leave: true, anew: false } };
}

function stayer(member: Member, world: World): Candidate {
  const from = world.versionOf(member.hash);
  return { member, goal: { version: from ?? world.course.target, from, begin: false, leave: false, anew: false } };
}
