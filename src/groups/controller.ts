/** The control loop of Groups: reads caches, asks the plan, writes. What it decides stands in plan.ts and advance.ts. */
import {
  BY_OWNER,
  claimDependents,
  createLoop,
  type Env,
  gatherMs,
  type Loop,
  nextAvailable,
  type Reconciled,
  removeRevisions,
  requeue,
  sameStatus,
  sooner,
  superfluousRevisions,
  syncRevisions,
  watchDependents,
  workloadSelector,
} from '../control/index.ts';
import { CONTROLLER_REVISIONS, type ControllerRevision, isControlledBy, keyOf, PODS } from '../kube/index.ts';
import { GROUPS, type Group, type GroupStatus } from '../resources/index.ts';
import type { Surroundings } from './advance.ts';
import { createPods } from './births.ts';
import { type Course, courseOf } from './course.ts';
import { Freshest } from './freshest.ts';
import { FIELD_MANAGER, GROUP, REVISION } from './marks.ts';
import { type Member, memberOf } from './member.ts';
import { isAdoptable, ordinalOf } from './ordinals.ts';
import { planGroup } from './plan.ts';
import { pursueAll } from './pursuit.ts';
import type { Releases } from './releases.ts';
import { versionOf, wantedData } from './revision.ts';
import { Sightings } from './sightings.ts';
import { groupStatus } from './status.ts';
import { Troubles } from './troubles.ts';

export interface GroupControllerOptions {
  readonly releases?: Releases | undefined;
  /** The hosts of the cluster take resizes in place. */
  readonly canResize: boolean;
}

export function groupController(env: Env, options: GroupControllerOptions): Loop & { enqueue(key: string): void } {
  const { client, clock } = env;
  const groups = env.caches.of(GROUPS);
  const pods = env.caches.of(PODS);
  const revisions = env.caches.of(CONTROLLER_REVISIONS);
  const recorder = env.recorder('jdos-groups');
  const tools = {
    client,
    recorder,
    freshest: new Freshest(),
    sightings: new Sightings(clock),
    troubles: new Troubles(clock),
  };
  const loop = createLoop(env, 'groups', reconcile, 8);

  tools.sightings.watch(pods);
  tools.freshest.watch(pods);
  groups.onChange({
    add: (group) => loop.enqueue(keyOf(group)),
    update: (group) => loop.enqueue(keyOf(group)),
    delete: (group) => tools.troubles.forget(group.metadata.uid),
  });
  watchDependents({
    type: GROUPS,
    owners: groups,
    dependents: pods,
    selector: (group) => workloadSelector(group.spec.selector),
    concern: (key, group) => loop.enqueue(key, gatherMs(group.spec.replicas)),
  });
  return {
    enqueue: (key) => loop.enqueue(key),
    start: (signal) => {
      tools.sightings.begin();
      return loop.start(signal);
    },
  };

  async function reconcile(key: string): Promise<Reconciled> {
    const group = groups.get(key);
    if (!group || group.metadata.deletionTimestamp) return undefined;
    const look = await lookAt(group);
    const { course, members, versions } = look;
    const now = clock.now();
    const known = tools.troubles.of(group.metadata.uid, course.target.hash);
    const byHash = (hash: string) => versions.find((version) => version.hash === hash);
    const plan = planGroup({ group, course, members, versionOf: byHash, now, refused: known !== undefined });
    const around: Surroundings = { spec: group.spec, now, unserved: () => true, canResize: options.canResize };
    const births = await createPods(tools, group, plan.create, async () => ({}));
    const outcome = await pursueAll(tools, { group, around, versionOf: byHash }, plan.pursue);
    const after = membersOf(group);
    const trouble = tools.troubles.of(group.metadata.uid, course.target.hash);
    const { uprooted } = outcome;
    const findings = { ...look, members: after, plan, scaleFault: births.refused, trouble, uprooted, now };
    const status = groupStatus(group, findings);
    await writeStatus(group, status);
    const error = outcome.error ?? births.error;
    if (error) throw error;
    await clean(group, look.revisions, after, status, course);
    const available = nextAvailable(
      after.map(({ pod }) => pod),
      group.spec.minReadySeconds,
      now,
    );
    return requeue(sooner(sooner(outcome.wait, trouble?.ms), sooner(available, deadline(status, group, now))));
  }

  async function lookAt(group: Group) {
    await claimPods(group);
    const synced = await syncRevisions(
      {
        client,
        owner: group,
        ownerType: GROUPS,
        data: wantedData(group, {}),
        labels: { [GROUP]: group.metadata.name },
        hashLabel: REVISION,
        collisionCount: group.status?.collisionCount,
      },
      revisions.byIndex(BY_OWNER, group.metadata.uid),
    );
    const versions = synced.revisions.map(versionOf);
    const named = (name: string | undefined) => versions.find((version) => version.name === name);
    const update = named(synced.update.metadata.name)!;
    const current = named(group.status?.currentRevision) ?? update;
    const steered = options.releases?.of(group) ?? { steering: undefined, running: false };
    const course = courseOf(group, update, current, steered, named);
    const { collisionCount } = synced;
    return {
      members: membersOf(group),
      versions,
      update,
      current,
      course,
      collisionCount,
      revisions: synced.revisions,
    };
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

  function membersOf(group: Group): Member[] {
    const now = clock.now();
    const selector = workloadSelector(group.spec.selector);
    const { uid } = group.metadata;
    return tools.freshest
      .of(uid, pods.byIndex(BY_OWNER, uid))
      .filter(({ metadata }) => selector.matches(metadata.labels) && ordinalOf(group, metadata.name) !== undefined)
      .map((pod) => memberOf(group, pod, tools.sightings.since(pod), now));
  }

  async function writeStatus(group: Group, status: GroupStatus): Promise<void> {
    if (sameStatus(status, group.status)) return;
    const { namespace, name, resourceVersion } = group.metadata;
    const body = { metadata: { resourceVersion }, status };
    const at = { namespace: namespace!, subresource: 'status', fieldManager: FIELD_MANAGER };
    await client.patch(GROUPS, name, { kind: 'merge', body }, at);
  }

  async function clean(
    group: Group,
    known: readonly ControllerRevision[],
    members: readonly Member[],
    status: GroupStatus,
    course: Course,
  ): Promise<void> {
    const live = new Set([status.currentRevision, status.updateRevision, course.stable.name, course.target.name]);
    const hashes = new Set(members.map(({ hash }) => hash));
    const isLive = (one: ControllerRevision) => live.has(one.metadata.name) || hashes.has(versionOf(one).hash);
    await removeRevisions(client, superfluousRevisions(known, group.spec.revisionHistoryLimit, isLive));
  }
}

/** When an update that does not move will count as stuck. */
function deadline(status: GroupStatus, { spec }: Group, now: number): number | undefined {
  const progress = status.conditions?.find(({ type }) => type === 'Progressing');
  if (progress?.reason !== 'GroupUpdating' || !progress.lastUpdateTime) return undefined;
  return Math.max(1000, Date.parse(progress.lastUpdateTime) + spec.progressDeadlineSeconds * 1000 - now);
}
