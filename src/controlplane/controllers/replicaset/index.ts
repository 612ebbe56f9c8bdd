/** Keeps as many Pods as a ReplicaSet asks for. */

import {
  BY_OWNER,
  claimDependents,
  createLoop,
  createPodControl,
  type Env,
  Expectations,
  gatherMs,
  generatedName,
  isActive,
  isNamespaceEnding,
  isReady,
  type Loop,
  nextAvailable,
  podFromTemplate,
  type Reconciled,
  requeue,
  sameStatus,
  slowStart,
  sooner,
  text,
  watchPodOwners,
  workloadSelector,
} from '../../../control/index.ts';
import { type apps, controllerOf, PODS, type Pod, REPLICA_SETS, type ReplicaSet } from '../../../kube/index.ts';
import { planReplicaSet, type ReplicaSetPlan, replicaSetStatus, type StepFailure } from './plan.ts';

export function replicaSetController(env: Env): Loop {
  const sets = env.caches.of(REPLICA_SETS);
  const pods = env.caches.of(PODS);
  const expectations = new Expectations(env.clock);
  const control = createPodControl(env.client, env.recorder('replicaset-controller'), expectations);
  const loop = createLoop(env, 'replicaset', reconcile, 10);

  watchPodOwners({
    type: REPLICA_SETS,
    owners: sets,
    pods,
    loop,
    expectations,
    gatherMs: ({ spec }) => gatherMs(spec.replicas ?? 1),
  });
  return loop;

  async function reconcile(key: string): Promise<Reconciled> {
    const set = sets.get(key);
    if (!set) return undefined;
    const wait = expectations.waitOf(set.metadata.uid);
    const own = await claimDependents({
      client: env.client,
      owner: set,
      ownerType: REPLICA_SETS,
      selector: workloadSelector(set.spec.selector),
      dependents: pods,
      type: PODS,
      eligible: isActive,
    });
    const now = env.clock.now();
    const plan = wait > 0 ? undefined : planReplicaSet(set, own, () => relatedPods(set), now);
    const failed = plan && (await step(set, plan));
    await writeStatus(set, replicaSetStatus(set, own, now, failed && failureOf(plan, failed.error)));
    if (failed) throw failed.error;
    return requeue(sooner(wait || undefined, nextAvailable(own.filter(isReady), set.spec.minReadySeconds ?? 0, now)));
  }

  /** Answers the first failure, boxed, so that the status can tell of it before it is thrown. */
  async function step(set: ReplicaSet, plan: ReplicaSetPlan): Promise<{ error: unknown } | undefined> {
    const created = await slowStart(plan.create, () => control.create(set, newPod(set)));
    if (created.error) return isNamespaceEnding(created.error) ? undefined : { error: created.error };
    const removed = await slowStart(plan.remove.length, (i) => control.delete(set, plan.remove[i]!), { initial: 64 });
    return removed.error ? { error: removed.error } : undefined;
  }

  function newPod(set: ReplicaSet) {
    const base = `${set.metadata.name}-`;
    const identity = { owner: set, ownerType: REPLICA_SETS, name: generatedName(base, env.random), generateName: base };
    return podFromTemplate(set.spec.template!, identity);
  }

  function relatedPods(set: ReplicaSet): Pod[] {
    const deployment = controllerOf(set)?.uid;
    const siblings = deployment ? sets.byIndex(BY_OWNER, deployment) : [set];
    return siblings.flatMap((sibling) => pods.byIndex(BY_OWNER, sibling.metadata.uid).filter(isActive));
  }

  async function writeStatus(set: ReplicaSet, status: apps.ReplicaSetStatus): Promise<void> {
    if (sameStatus(status, set.status)) return;
    await env.client.replace(REPLICA_SETS, { ...set, status }, { subresource: 'status' });
  }
}

function failureOf(plan: ReplicaSetPlan | undefined, error: unknown): StepFailure {
  return { reason: (plan?.create ?? 0) > 0 ? 'FailedCreate' : 'FailedDelete', message: text(error) };
}
