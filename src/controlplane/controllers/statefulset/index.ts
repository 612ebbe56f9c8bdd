/** Runs Pods that have a name, an order and storage of their own. */

import {
  claimDependents,
  createLoop,
  dataOf,
  type Env,
  isNamespaceEnding,
  type Loop,
  nextAvailable,
  type Reconciled,
  removeRevisions,
  requeue,
  sameStatus,
  slowStart,
  superfluousRevisions,
  syncRevisions,
  templateOf,
  text,
  watchDependents,
  workloadSelector,
} from '../../../control/index.ts';
import {
  type apps,
  CONTROLLER_REVISIONS,
  type ControllerRevision,
  isStatus,
  keyOf,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  type Pod,
  STATEFUL_SETS,
  type StatefulSet,
} from '../../../kube/index.ts';
import { Claims } from './claims.ts';
import { ordinalOf, revisionOf, statefulPod } from './identity.ts';
import { planStatefulSet, type Revisions, type Step } from './plan.ts';
import { statefulSetStatus } from './status.ts';

const HASH = 'controller.kubernetes.io/hash';

export function statefulSetController(env: Env): Loop {
  const { client } = env;
  const sets = env.caches.of(STATEFUL_SETS);
  const pods = env.caches.of(PODS);
  const revisions = env.caches.of(CONTROLLER_REVISIONS);
  const recorder = env.recorder('statefulset-controller');
  const claims = new Claims(client, recorder, env.caches.of(PERSISTENT_VOLUME_CLAIMS));
  const loop = createLoop(env, 'statefulset', reconcile, 10);

  sets.onChange({ add: (set) => loop.enqueue(keyOf(set)), update: (set) => loop.enqueue(keyOf(set)) });
  watchDependents({
    type: STATEFUL_SETS,
    owners: sets,
    dependents: pods,
    selector: (set) => workloadSelector(set.spec.selector),
    concern: (key) => loop.enqueue(key),
  });
  return loop;

  async function reconcile(key: string): Promise<Reconciled> {
    const set = sets.get(key);
    if (!set) return undefined;
    const claiming = { client, owner: set, ownerType: STATEFUL_SETS, selector: workloadSelector(set.spec.selector) };
    const known = await claimDependents({ ...claiming, dependents: revisions, type: CONTROLLER_REVISIONS });
    const isMine = (pod: Pod) => ordinalOf(set, pod) !== undefined;
    const own = (await claimDependents({ ...claiming, dependents: pods, type: PODS, eligible: isMine })).filter(isMine);
    if (set.metadata.deletionTimestamp) return undefined;
    const { labels } = set.spec.template.metadata ?? {};
    const syncing = { client, owner: set, ownerType: STATEFUL_SETS, data: dataOf(set), labels, hashLabel: HASH };
    const synced = await syncRevisions({ ...syncing, collisionCount: set.status?.collisionCount }, known);
    const current = synced.revisions.find((r) => r.metadata.name === set.status?.currentRevision) ?? synced.update;
    const names = { current: current.metadata.name, update: synced.update.metadata.name };
    const now = env.clock.now();
    const failure = await run(set, own, planStatefulSet(set, own, names, now), { current, update: synced.update });
    await writeStatus(set, statefulSetStatus(set, own, names, now, synced.collisionCount));
    if (failure) throw failure.error;
    await clean(set, synced.revisions, own, names);
    return requeue(nextAvailable(own, set.spec.minReadySeconds ?? 0, now));
  }

  /** Answers the first failure, boxed, so that the status is written all the same. */
  async function run(
    set: StatefulSet,
    own: readonly Pod[],
    steps: readonly Step[],
    versions: { current: ControllerRevision; update: ControllerRevision },
  ): Promise<{ error: unknown } | undefined> {
    try {
      if (set.spec.volumeClaimTemplates?.length) for (const pod of own) await claims.retain(set, pod);
    } catch (error) {
      return { error };
    }
    const { error } = await slowStart(steps.length, (i) => runStep(set, steps[i]!, versions));
    return error && !isNamespaceEnding(error) ? { error } : undefined;
  }

  async function runStep(
    set: StatefulSet,
    step: Step,
    versions: { current: ControllerRevision; update: ControllerRevision },
  ): Promise<void> {
    if (step.kind === 'create') return createPod(set, step.ordinal, step.updated ? versions.update : versions.current);
    if (step.kind === 'delete') return deletePod(set, step);
    await claims.ensure(set, ordinalOf(set, step.pod)!);
    if (!step.labels) return;
    const { namespace, name, resourceVersion } = step.pod.metadata;
    const body = { metadata: { resourceVersion, labels: step.labels } };
    await client.patch(PODS, name, { kind: 'merge', body }, { namespace });
  }

  /** The name is known, so a cache that is behind cannot lead to a second Pod: the server refuses it. */
  async function createPod(set: StatefulSet, ordinal: number, revision: ControllerRevision): Promise<void> {
    await claims.ensure(set, ordinal);
    const version = { revision: revision.metadata.name, template: templateOf(revision) };
    const pod = statefulPod(set, ordinal, version);
    const what = `Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
    try {
      await client.create(PODS, pod);
    } catch (error) {
      if (isStatus(error, 'AlreadyExists') || isNamespaceEnding(error)) throw error;
      recorder.event(set, 'Warning', 'FailedCreate', `create ${what} failed error: ${text(error)}`);
      throw error;
    }
    recorder.event(set, 'Normal', 'SuccessfulCreate', `create ${what} successful`);
  }

  async function deletePod(set: StatefulSet, { pod, reason }: Step & { kind: 'delete' }): Promise<void> {
    const { namespace, name, uid } = pod.metadata;
    const what = `Pod ${name} in StatefulSet ${set.metadata.name}`;
    if (reason === 'failed' || reason === 'finished') {
      const [word, adjective] =
        reason === 'failed' ? ['RecreatingFailedPod', 'failed'] : ['RecreatingTerminatedPod', 'terminated'];
      const whose = `StatefulSet ${set.metadata.namespace}/${set.metadata.name}`;
      recorder.event(
        set,
        reason === 'failed' ? 'Warning' : 'Normal',
        word,
        `${whose} is recreating ${adjective} Pod ${name}`,
      );
    }
    try {
      await client.delete(PODS, name, { namespace, preconditions: { uid } });
    } catch (error) {
      if (isStatus(error, 'NotFound', 'Conflict')) return;
      recorder.event(set, 'Warning', 'FailedDelete', `delete ${what} failed error: ${text(error)}`);
      throw error;
    }
    recorder.event(set, 'Normal', 'SuccessfulDelete', `delete ${what} successful`);
  }

  async function writeStatus(set: StatefulSet, status: apps.StatefulSetStatus): Promise<void> {
    if (sameStatus(status, set.status)) return;
    await client.replace(STATEFUL_SETS, { ...set, status }, { subresource: 'status' });
  }

  async function clean(
    set: StatefulSet,
    known: readonly ControllerRevision[],
    own: readonly Pod[],
    names: Revisions,
  ): Promise<void> {
    const live = new Set([names.current, names.update, ...own.map(revisionOf)]);
    const limit = set.spec.revisionHistoryLimit ?? 10;
    await removeRevisions(
      client,
      superfluousRevisions(known, limit, (revision) => live.has(revision.metadata.name)),
    );
  }
}
