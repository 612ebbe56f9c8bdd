/** Runs one Pod on each host that a DaemonSet selects. */

import {
  claimDependents,
  createLoop,
  createPodControl,
  dataOf,
  type Env,
  Expectations,
  gatherMs,
  generatedName,
  isNamespaceEnding,
  type Loop,
  nextAvailable,
  type Reconciled,
  removeRevisions,
  requeue,
  sameJson,
  sameStatus,
  slowStart,
  sooner,
  superfluousRevisions,
  syncRevisions,
  watchPodOwners,
  workloadSelector,
} from '../../../control/index.ts';
import {
  type apps,
  CONTROLLER_REVISIONS,
  type ControllerRevision,
  DAEMON_SETS,
  type DaemonSet,
  keyOf,
  NODES,
  type Node,
  PODS,
  type Pod,
} from '../../../kube/index.ts';
import { FailureBackoff } from './failure-backoff.ts';
import { daemonTolerations, judgeNode } from './node-match.ts';
import { type DaemonPlan, daemonSetStatus, lookAt, planDaemonSet, type World } from './plan.ts';
import { daemonPod, HASH } from './target.ts';

export function daemonSetController(env: Env): Loop {
  const { client } = env;
  const sets = env.caches.of(DAEMON_SETS);
  const pods = env.caches.of(PODS);
  const nodes = env.caches.of(NODES);
  const revisions = env.caches.of(CONTROLLER_REVISIONS);
  const recorder = env.recorder('daemonset-controller');
  const expectations = new Expectations(env.clock);
  const control = createPodControl(client, recorder, expectations);
  const backoff = new FailureBackoff();
  const loop = createLoop(env, 'daemonset', reconcile, 5);

  watchPodOwners({ type: DAEMON_SETS, owners: sets, pods, loop, expectations, gatherMs: () => gatherMs(nodes.size) });
  nodes.onChange({
    add: (node) => tellSets(node),
    update: (node, old) => differs(node, old) && tellSets(node, old),
    delete: (node) => tellSets(node),
  });
  return loop;

  function tellSets(node: Node, old: Node = node): void {
    for (const set of sets.list()) {
      const tolerations = daemonTolerations(set.spec.template.spec!);
      const [after, before] = [judgeNode(set, node, tolerations), judgeNode(set, old, tolerations)];
      if (after.shouldRun || before.mayStay) loop.enqueue(keyOf(set));
    }
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const set = sets.get(key);
    if (!set) return undefined;
    const wait = expectations.waitOf(set.metadata.uid);
    const claiming = { client, owner: set, ownerType: DAEMON_SETS, selector: workloadSelector(set.spec.selector) };
    const known = await claimDependents({ ...claiming, dependents: revisions, type: CONTROLLER_REVISIONS });
    const own = await claimDependents({ ...claiming, dependents: pods, type: PODS });
    if (set.metadata.deletionTimestamp) return undefined;
    const { labels } = set.spec.template.metadata ?? {};
    const syncing = { client, owner: set, ownerType: DAEMON_SETS, data: dataOf(set), labels, hashLabel: HASH };
    const synced = await syncRevisions({ ...syncing, collisionCount: set.status?.collisionCount }, known);
    const hash = synced.update.metadata.labels![HASH]!;
    const now = env.clock.now();
    const world = lookAt(set, nodes.list(), own, hash, now);
    const result = wait > 0 ? undefined : await run(set, hash, planDaemonSet(world));
    await writeStatus(set, daemonSetStatus(world, synced.collisionCount));
    if (result?.error) throw result.error;
    await clean(set, synced.revisions, world);
    const available = nextAvailable(own, set.spec.minReadySeconds ?? 0, now);
    return requeue(sooner(sooner(wait || undefined, result?.waitMs), available));
  }

  async function run(
    set: DaemonSet,
    hash: string,
    plan: DaemonPlan,
  ): Promise<{ error?: unknown; waitMs?: number | undefined }> {
    const { due, waitMs } = backoff.due(set, plan.remove, env.clock.now());
    for (const { pod, reason } of due) if (reason === 'failed' || reason === 'finished') tell(set, pod, reason);
    const removed = await slowStart(due.length, (i) => control.delete(set, due[i]!.pod), { initial: 64 });
    const created = await slowStart(plan.create.length, (i) => {
      const name = generatedName(`${set.metadata.name}-`, env.random);
      return control.create(set, daemonPod(set, plan.create[i]!, hash, name));
    });
    const error = [removed.error, created.error].find((one) => one !== undefined && !isNamespaceEnding(one));
    return { error, waitMs };
  }

  function tell(set: DaemonSet, { metadata, spec }: Pod, reason: 'failed' | 'finished'): void {
    const where = `daemon pod ${metadata.namespace}/${metadata.name} on node ${spec.nodeName}`;
    if (reason === 'failed')
      recorder.event(set, 'Warning', 'FailedDaemonPod', `Found failed ${where}, will try to kill it`);
    else recorder.event(set, 'Normal', 'SucceededDaemonPod', `Found succeeded ${where}, will try to delete it`);
  }

  async function writeStatus(set: DaemonSet, status: apps.DaemonSetStatus): Promise<void> {
    if (sameStatus(status, set.status)) return;
    await client.replace(DAEMON_SETS, { ...set, status }, { subresource: 'status' });
  }

  async function clean(set: DaemonSet, known: readonly ControllerRevision[], world: World): Promise<void> {
    const live = new Set([
      world.hash,
      ...world.nodes.flatMap((node) => node.pods.map((pod) => pod.metadata.labels?.[HASH])),
    ]);
    const isLive = (revision: ControllerRevision) => live.has(revision.metadata.labels?.[HASH]);
    await removeRevisions(client, superfluousRevisions(known, set.spec.revisionHistoryLimit ?? 10, isLive));
  }
}

/** Has anything changed that decides where daemons run? Heartbeats and conditions do not. */
function differs(node: Node, old: Node): boolean {
  return !sameJson(node.metadata.labels, old.metadata.labels) || !sameJson(node.spec.taints, old.spec.taints);
}

export { tolerates } from './node-match.ts';
