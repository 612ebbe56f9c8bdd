/** The control loop of Releases: reads caches, asks the state machine, writes. What it decides stands in run.ts. */
import {
  BY_OWNER,
  createLoop,
  type Env,
  gatherMs,
  type Loop,
  managerOf,
  nextAvailable,
  type Reconciled,
  requeue,
  sameJson,
  sameStatus,
  sooner,
} from '../../control/index.ts';
import { CONTROLLER_REVISIONS, keyOf, PODS, type Pod } from '../../kube/index.ts';
import { GROUPS, type Group, RELEASES, type ReleaseStatus } from '../../resources/index.ts';
import { FIELD_MANAGER, REVISION } from '../marks.ts';
import { memberOf } from '../member.ts';
import { lowest, ordinalOf } from '../ordinals.ts';
import type { Sightings } from '../sightings.ts';
import type { Ask } from './ask.ts';
import { dueChecks } from './check-state.ts';
import { REQUEST } from './request.ts';
import { advance, hasEnded, Run } from './run.ts';
import type { CheckResult, Release, Seen, SeenGroup, SeenPod } from './seen.ts';
import { steeringOf } from './steering.ts';
import { summarized } from './summary.ts';
import { tryCheck } from './try-check.ts';
import { waitOf } from './wait.ts';

const BY_GROUP = 'released-group';
/** A Job is looked at so often. */
const JOB_MS = 2000;

export interface ReleaseControllerOptions {
  readonly sightings: Sightings;
  readonly ask: Ask;
}

export function releaseController(env: Env, { sightings, ask }: ReleaseControllerOptions): Loop {
  const { client, clock } = env;
  const releases = env.caches.of(RELEASES);
  const groups = env.caches.of(GROUPS);
  const pods = env.caches.of(PODS);
  const revisions = env.caches.of(CONTROLLER_REVISIONS);
  const recorder = env.recorder('jdos-releases');
  const tries = new Map<string, AbortController>();
  const loop = createLoop(env, 'releases', reconcile, 10);

  releases.addIndexers({ [BY_GROUP]: byGroup });
  releases.onChange({
    add: tellSiblings,
    update(release, old) {
      if (release.metadata.generation !== old.metadata.generation || requestOf(release))
        tries.get(keyOf(release))?.abort();
      if (isEcho(release, old)) loop.enqueue(keyOf(release), echoMs(release));
      else tellSiblings(release);
    },
    delete(release) {
      tries.get(keyOf(release))?.abort();
      tellSiblings(release);
    },
  });
  groups.onChange({
    add: (group) => tellGroup(group),
    update: (group, old) => {
      const echo = group.metadata.generation === old.metadata.generation;
      tellGroup(group, echo ? gatherMs(group.spec.replicas) : 0);
    },
    delete: (group) => tellGroup(group),
  });
  pods.onChange({ add: tellPod, update: tellPod, delete: tellPod });
  return loop;

  function tellSiblings(release: Release): void {
    for (const one of siblingsOf(release)) loop.enqueue(keyOf(one));
  }

  /** Its own counts of Pods wait as long as changes of the Pods do. */
  function echoMs({ metadata, spec }: Release): number {
    const group = groups.get(keyOf({ metadata: { namespace: metadata.namespace ?? '', name: spec.groupRef.name } }));
    return gatherMs(group?.spec.replicas ?? 0);
  }

  /** To a run that has ended it makes no difference how its Group goes on. */
  function tellGroup(group: Group, afterMs = 0): void {
    for (const release of releases.byIndex(BY_GROUP, keyOf(group)))
      if (!hasEnded(release.status ?? {})) loop.enqueue(keyOf(release), afterMs);
  }

  /** Each look goes over all Pods of the Group. */
  function tellPod(pod: Pod): void {
    const group = managerOf(GROUPS, groups, pod);
    if (group) tellGroup(group, gatherMs(group.spec.replicas));
  }

  async function reconcile(key: string, signal: AbortSignal): Promise<Reconciled> {
    const release = releases.get(key);
    if (!release || release.metadata.deletionTimestamp) return undefined;
    if (release.status?.handledRequest !== undefined && release.status.handledRequest === requestOf(release)) {
      return forgetRequest(release);
    }
    const { results, goesOn } = await tried(release, signal);
    if (results === undefined) return requeue(1);
    const status = statusAfter(release, results);
    const jobs = goesOn ? JOB_MS : undefined;
    if (!sameStatus(status, release.status)) return void (await write(release, status));
    return requeue(sooner(sooner(jobs, waitOf(release.spec, status, clock.now())), ripening(release)));
  }

  function statusAfter(release: Release, results: readonly CheckResult[]): ReleaseStatus {
    const seen = seenOf(release, results);
    const next = new Run(release.spec, advance(release.spec, release.status, seen), seen);
    const steering = seen.group ? steeringOf(next, seen.group) : undefined;
    const { steering: _, ...rest } = summarized(next);
    return { ...rest, ...(steering && { steering }) };
  }

  /** On the version that was judged; a lost race is judged anew. */
  async function write(release: Release, status: ReleaseStatus): Promise<void> {
    const at = { subresource: 'status', fieldManager: FIELD_MANAGER };
    await client.replace(RELEASES, { ...release, status }, at);
    tell(release, status);
  }

  function tell(release: Release, status: ReleaseStatus): void {
    const known = new Set(
      (release.status?.history ?? []).map(({ time, event, message }) => `${time}${event}${message}`),
    );
    for (const { time, event, message } of status.history ?? []) {
      if (known.has(`${time}${event}${message}`)) continue;
      recorder.event(release, WARNINGS.has(event) ? 'Warning' : 'Normal', event, message ?? event);
    }
    const late = (one: ReleaseStatus | undefined) =>
      one?.conditions?.find(({ type }) => type === 'ProgressDeadlineExceeded')?.status === 'True';
    if (late(status) && !late(release.status))
      recorder.event(release, 'Warning', 'ProgressDeadlineExceeded', status.message ?? '');
  }

  /** The request stands in the status as carried out: now its annotation may go. */
  async function forgetRequest({ metadata }: Release): Promise<undefined> {
    const { namespace, name, resourceVersion } = metadata;
    const body = { metadata: { resourceVersion, annotations: { [REQUEST]: null } } };
    await client.patch(RELEASES, name, { kind: 'merge', body }, { namespace, fieldManager: FIELD_MANAGER });
  }

  /** Tries the checks that are due. Undefined results: the Release has changed meanwhile, and all is to be seen anew. */
  async function tried(
    release: Release,
    signal: AbortSignal,
  ): Promise<{ results: readonly CheckResult[] | undefined; goesOn: boolean }> {
    const { status, spec } = release;
    const step = spec.steps[(status?.currentStepIndex ?? 1) - 1];
    const checking = status?.stepState === 'Checking' && !status.paused && !requestOf(release);
    const { due } = checking ? dueChecks(step?.checks, status.checks, clock.now()) : { due: [] };
    if (due.length === 0) return { results: [], goesOn: false };
    const key = keyOf(release);
    const stop = new AbortController();
    tries.set(key, stop);
    try {
      const either = AbortSignal.any([signal, stop.signal]);
      const all = await Promise.all(due.map((check) => tryCheck(client, ask, release, check, either)));
      const changed = releases.get(key)?.metadata.resourceVersion !== release.metadata.resourceVersion;
      const results = all.filter((result) => result !== undefined);
      return { results: changed && results.length > 0 ? undefined : results, goesOn: results.length < all.length };
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      return { results: undefined, goesOn: false };
    } finally {
      tries.delete(key);
    }
  }

  function seenOf(release: Release, results: readonly CheckResult[]): Seen {
    const { namespace, generation = 0 } = release.metadata;
    const group = groups.get(keyOf({ metadata: { namespace: namespace ?? '', name: release.spec.groupRef.name } }));
    const siblings = siblingsOf(release);
    const at = siblings.indexOf(release);
    const running = (one: Release) => one.status?.phase !== 'Pending' && !hasEnded(one.status ?? {});
    return {
      now: clock.now(),
      generation,
      group: group && !group.metadata.deletionTimestamp ? seenGroup(group) : undefined,
      takenOver: siblings.slice(0, at).find(({ status }) => status?.steering || hasEnded(status ?? {}))?.metadata.name,
      olderStable: siblings.slice(at + 1).find(running)?.status?.stableRevision,
      request: requestOf(release),
      results,
    };
  }

  /** Of one Group, newest first. */
  function siblingsOf(release: Release): Release[] {
    return releases
      .byIndex(BY_GROUP, byGroup(release)[0]!)
      .filter(({ metadata }) => !metadata.deletionTimestamp)
      .sort((a, b) => (dated(a) < dated(b) ? 1 : -1));
  }

  function seenGroup(group: Group): SeenGroup {
    const { spec, status, metadata } = group;
    const own = revisions.byIndex(BY_OWNER, metadata.uid);
    return {
      replicas: spec.replicas,
      settled: status?.observedGeneration === metadata.generation,
      updateRevision: status?.updateRevision,
      currentRevision: status?.currentRevision,
      pods: replicasOf(group),
      hashOf: (name) => own.find((revision) => revision.metadata.name === name)?.metadata.labels?.[REVISION],
    };
  }

  function replicasOf(group: Group): SeenPod[] {
    const fixed = group.spec.scaleStrategy.scaleDownPolicy === 'HighestOrdinal';
    const wanted = new Set(fixed ? lowest(group, group.spec.replicas) : []);
    return podsOf(group)
      .map((pod) => memberOf(group, pod, sightings.since(pod), clock.now()))
      .filter(({ leaving, over, ordinal }) => !leaving && !over && (!fixed || wanted.has(ordinal)))
      .map(({ pod, hash, available, inFlight, state }) => ({
        name: pod.metadata.name,
        hash,
        available: available && !inFlight,
        inFlight,
        state,
      }));
  }

  function podsOf(group: Group): Pod[] {
    const own = pods.byIndex(BY_OWNER, group.metadata.uid);
    return own.filter((pod) => ordinalOf(group, pod.metadata.name) !== undefined);
  }

  /** Pods become available by standing for a while, which no event tells. */
  function ripening(release: Release): number | undefined {
    const { namespace = '' } = release.metadata;
    const group = groups.get(keyOf({ metadata: { namespace, name: release.spec.groupRef.name } }));
    if (!group || hasEnded(release.status ?? {})) return undefined;
    return nextAvailable(podsOf(group), group.spec.minReadySeconds, clock.now());
  }
}

const WARNINGS: ReadonlySet<string> = new Set([
  'Aborted',
  'CheckFailed',
  'ProgressDeadlineExceeded',
  'RolledBack',
  'Failed',
  'Ignored',
]);

function byGroup({ metadata, spec }: Release): string[] {
  return [`${metadata.namespace}/${spec.groupRef.name}`];
}

/** Nothing that anybody asked for, and nothing that others go by, is otherwise than before. */
function isEcho(release: Release, old: Release): boolean {
  const { metadata, status } = release;
  return (
    metadata.generation === old.metadata.generation &&
    metadata.deletionTimestamp === old.metadata.deletionTimestamp &&
    requestOf(release) === requestOf(old) &&
    status?.phase === old.status?.phase &&
    status?.stepState === old.status?.stepState &&
    status?.stableRevision === old.status?.stableRevision &&
    sameJson(status?.steering, old.status?.steering)
  );
}

function requestOf({ metadata }: Release): string | undefined {
  return metadata.annotations?.[REQUEST];
}

function dated({ metadata }: Release): string {
  return `${metadata.creationTimestamp} ${metadata.name}`;
}
