/** The control loop of Groups: reads caches, asks the plan, writes. What it decides stands in plan.ts and advance.ts. */
import {
  BY_OWNER,
  claimDependents,
  createLoop,
  type Env,
  gatherMs,
  type Loop,
  type Reconciled,
  requeue,
  sameStatus,
  sooner,
  watchDependents,
  workloadSelector,
} from '../control/index.ts';
import { isControlledBy, keyOf, PODS } from '../kube/index.ts';
import { GROUPS, type Group, type GroupStatus } from '../resources/index.ts';
import type { Surroundings } from './advance.ts';
import { createPods } from './births.ts';
import { type Budgets, Charges } from './charges.ts';
import { type AddressAnnotations, ClaimStore } from './claim-store.ts';
import { ConfigStore } from './config-store.ts';
import { type Course, courseOf } from './course.ts';
import { Freshest } from './freshest.ts';
import { History, type Known } from './history.ts';
import { FIELD_MANAGER, GROUP } from './marks.ts';
import { type Member, memberOf } from './member.ts';
import { isAdoptable, ordinalOf } from './ordinals.ts';
import { interruptedBy, type Plan, planGroup, withoutBeginnings } from './plan.ts';
import { Protection } from './protection.ts';
import { pursueAll } from './pursuit.ts';
import type { Releases } from './releases.ts';
import { Served } from './served.ts';
import { Sightings } from './sightings.ts';
import { groupStatus, unpublishedStatus } from './status.ts';
import { findStranded } from './stranded.ts';
import { Troubles } from './troubles.ts';
import { Vetting } from './vetting.ts';

/** A look at a Group is mostly waiting for the answers of the server. */
const AT_ONCE = 32;
/** Changes of Pods are gathered no longer than this, as each Pod that is updated waits for several looks at its Group. */
const GATHER_MS = 300;
/** Others were quicker; what they did is on its way to the caches. */
const SOON_MS = 200;

export interface GroupControllerOptions {
  readonly releases: Releases;
  /** The hosts of the cluster take resizes in place. */
  readonly canResize: boolean;
  readonly addresses: AddressAnnotations;
}

export interface GroupLoop extends Loop {
  /** Somebody waits for it. */
  enqueueUrgent(key: string): void;
}

export function groupController(env: Env, options: GroupControllerOptions): GroupLoop {
  const { client, clock } = env;
  const groups = env.caches.of(GROUPS);
  const pods = env.caches.of(PODS);
  const recorder = env.recorder('jdos-groups');
  const enqueue = (key: string) => loop.enqueue(key);
  const claims = new ClaimStore(env, options.addresses, enqueue);
  const history = new History(env, new ConfigStore(env, groups, enqueue), enqueue);
  const served = new Served(env, (namespace, pod) => {
    const group = pods.get(`${namespace}/${pod}`)?.metadata.labels?.[GROUP];
    if (group) enqueue(`${namespace}/${group}`);
  });
  const vetting = new Vetting(client);
  const charges = new Charges(env, enqueue);
  const protection = new Protection(env, groups, enqueue);
  const tools = {
    client,
    recorder,
    freshest: new Freshest(),
    sightings: new Sightings(clock),
    troubles: new Troubles(clock),
  };
  const loop = createLoop(env, 'groups', reconcile, AT_ONCE);

  tools.sightings.watch(pods);
  tools.freshest.watch(pods);
  groups.onChange({
    // Those that were there before this process wait for nothing in particular.
    add: (group) => (groups.hasSynced ? loop.enqueueUrgent(keyOf(group)) : enqueue(keyOf(group))),
    // What its own status says is an echo, which may wait as long as changes of its Pods, and behind them.
    update: (group, old) => {
      const echo = group.metadata.generation === old.metadata.generation;
      if (echo) loop.enqueue(keyOf(group), gatherOf(group));
      else loop.enqueueUrgent(keyOf(group));
    },
    delete: ({ metadata }) => {
      tools.troubles.forget(metadata.uid);
      vetting.forget(metadata.uid);
    },
  });
  watchDependents({
    type: GROUPS,
    owners: groups,
    dependents: pods,
    selector: (group) => workloadSelector(group.spec.selector),
    concern: (key, group) => loop.enqueue(key, gatherOf(group)),
  });
  return {
    enqueueUrgent: (key) => loop.enqueueUrgent(key),
    start: (signal) => {
      tools.sightings.begin();
      return loop.start(signal);
    },
  };

  async function reconcile(key: string): Promise<Reconciled> {
    const group = groups.get(key);
    if (!group || group.metadata.deletionTimestamp) return undefined;
    await claimPods(group);
    const budgets = charges.look(group);
    const members = membersOf(group, budgets);
    const known = await history.look(group, members);
    if ('versions' in known) return lead(group, members, budgets, known);
    await writeStatus(group, unpublishedStatus(group, known.trouble, clock.now()));
    return requeue(60_000);
  }

  /** One step of the Group towards what its spec and its Release say. */
  async function lead(group: Group, members: readonly Member[], budgets: Budgets, known: Known): Promise<Reconciled> {
    const now = clock.now();
    const named = (name: string) => known.versions.find((version) => version.name === name);
    const versionOf = (hash: string) => known.versions.find((version) => version.hash === hash);
    const steered = options.releases.of(group);
    const course = courseOf(group, known.update, known.current, steered, named);
    const against = known.trouble ?? tools.troubles.of(group, course.target.hash);
    const hold = known.waitMs > 0;
    const world = { group, course, members, versionOf, now, held: hold, refused: against !== undefined };
    const wish = await vetted(group, planGroup(world), () => planGroup({ ...world, refused: true }));
    const granted = await charges.take(budgets, interruptedBy(wish, group.spec));
    const plan = granted ? wish : withoutBeginnings(wish);
    await charges.giveBack(budgets, members);
    const around = await surroundings(group, now);
    const stranded = findStranded(group, members, now);
    const births = await createPods(tools, group, visible(plan.create, known), (ordinal) =>
      claims.prepare(group, ordinal),
    );
    const pursue = [...plan.pursue, ...stranded.lost.map((member) => ({ member, goal: strandedGoal(member, course) }))];
    const outcome = await pursueAll(tools, { group, around, versionOf }, pursue);
    const after = membersOf(group, charges.look(group));
    const trouble = known.trouble ?? tools.troubles.of(group, course.target.hash);
    const ordinals = new Set([...plan.wanted, ...after.map(({ ordinal }) => ordinal)]);
    const notes = new Map([...stranded.notes, ...[...outcome.uprooted].map((one) => [one, 'Reschedule'] as const)]);
    const addresses = await claims.trouble(group, plan.wanted);
    const findings = {
      ...known,
      course,
      members: after,
      plan,
      scaleFault: births.refused,
      trouble,
      notes,
      addresses,
      policy: protection.of(group),
      now,
    };
    const status = groupStatus(group, findings);
    await writeStatus(group, status);
    await claims.release(group, ordinals);
    if (outcome.error ?? births.error) throw outcome.error ?? births.error;
    await history.clean(group, known, after, status, course);
    const waits = [
      outcome.wait,
      granted ? undefined : SOON_MS,
      troubleMs(group, course),
      known.waitMs || undefined,
      stranded.wait,
      availableIn(group, after, now),
    ];
    return requeue(waits.reduce(sooner, deadline(status, group, now)));
  }

  /** What the server would not take is not begun. */
  async function vetted(group: Group, plan: Plan, without: () => Plan): Promise<Plan> {
    const refusal = await vetting.refusal(group, plan.pursue);
    if (!refusal) return plan;
    tools.troubles.note(group, refusal.hash, refusal);
    recorder.event(group, 'Warning', 'FailedUpdate', refusal.message);
    return without();
  }

  async function surroundings(group: Group, now: number): Promise<Surroundings> {
    const { drain } = group.spec.updateStrategy.rollingUpdate.rebuild;
    const isServed = drain === 'EndpointAck' ? await served.open() : () => false;
    const unserved = ({ pod }: Member) => !isServed(pod.metadata.uid);
    return { spec: group.spec, now, unserved, canResize: options.canResize };
  }

  function troubleMs(group: Group, { target }: Course): number | undefined {
    return tools.troubles.of(group, target.hash)?.ms;
  }

  /** Takes in and lets go what the selector says, so that the caches, with what was just written, show the Group's own. */
  async function claimPods(group: Group): Promise<void> {
    const claimed = await claimDependents({
      client,
      owner: group,
      ownerType: GROUPS,
      selector: workloadSelector(group.spec.selector),
      dependents: pods,
      type: PODS,
      eligible: (pod) => isAdoptable(group, pod, GROUP),
    });
    for (const pod of claimed)
      if (!isControlledBy(pods.get(keyOf(pod)) ?? pod, group)) tools.freshest.wrote(group.metadata.uid, pod);
  }

  function membersOf(group: Group, budgets: Budgets): Member[] {
    const now = clock.now();
    const selector = workloadSelector(group.spec.selector);
    const { uid } = group.metadata;
    const promised = charges.promised(budgets);
    return tools.freshest
      .of(uid, pods.byIndex(BY_OWNER, uid))
      .filter(({ metadata }) => selector.matches(metadata.labels) && ordinalOf(group, metadata.name) !== undefined)
      .map((pod) => memberOf(group, pod, tools.sightings.since(pod), now))
      .map((member) => (promised.has(member.pod.metadata.name) ? { ...member, promised: !member.leaving } : member));
  }

  async function writeStatus(group: Group, status: GroupStatus): Promise<void> {
    if (sameStatus(status, group.status)) return;
    const { namespace, name, resourceVersion } = group.metadata;
    const body = { metadata: { resourceVersion }, status };
    const at = { namespace: namespace!, subresource: 'status', fieldManager: FIELD_MANAGER };
    await client.patch(GROUPS, name, { kind: 'merge', body }, at);
  }
}

function gatherOf({ spec }: Group): number {
  return Math.min(GATHER_MS, gatherMs(spec.replicas));
}

/** A Pod whose configuration its host may not see yet is not made yet. */
function visible(create: Plan['create'], { waitMs, update }: Known): Plan['create'] {
  return waitMs === 0 ? create : create.filter(({ version }) => version.hash !== update.hash);
}

function strandedGoal(_: Member, { stable }: Course) {
  return { version: stable, from: stable, begin: false, leave: true, anew: false };
}

function availableIn({ spec }: Group, members: readonly Member[], now: number): number | undefined {
  return members
    .filter(({ ready, available }) => ready && !available)
    .map(({ readySince = now }) => readySince + spec.minReadySeconds * 1000 - now)
    .reduce<number | undefined>((soonest, ms) => sooner(soonest, ms), undefined);
}

/** When an update that does not move will count as stuck. */
function deadline(status: GroupStatus, { spec }: Group, now: number): number | undefined {
  const progress = status.conditions?.find(({ type }) => type === 'Progressing');
  if (progress?.reason !== 'GroupUpdating' || !progress.lastUpdateTime) return undefined;
  return Math.max(1000, Date.parse(progress.lastUpdateTime) + spec.progressDeadlineSeconds * 1000 - now);
}
