/** Rolls out what a Deployment asks for by making and sizing ReplicaSets. */

import {
  BY_OWNER,
  claimDependents,
  createLoop,
  type Env,
  isFinished,
  type Loop,
  managerOf,
  type Reconciled,
  requeue,
  watchDependents,
  workloadSelector,
} from '../../../control/index.ts';
import { DEPLOYMENTS, keyOf, PODS, type Pod, REPLICA_SETS } from '../../../kube/index.ts';
import { Rollout } from './rollout.ts';

export function deploymentController(env: Env): Loop {
  const deployments = env.caches.of(DEPLOYMENTS);
  const sets = env.caches.of(REPLICA_SETS);
  const pods = env.caches.of(PODS);
  const recorder = env.recorder('deployment-controller');
  const loop = createLoop(env, 'deployment', reconcile, 10);

  deployments.onChange({
    add: (deployment) => loop.enqueue(keyOf(deployment)),
    update: (deployment) => loop.enqueue(keyOf(deployment)),
  });
  watchDependents({
    type: DEPLOYMENTS,
    owners: deployments,
    dependents: sets,
    selector: (deployment) => workloadSelector(deployment.spec.selector),
    concern: (key) => loop.enqueue(key),
  });
  pods.onChange({ update: (pod) => isFinished(pod) && podGone(pod), delete: podGone });
  return loop;

  /** A Deployment that recreates waits for the last of its old Pods. */
  function podGone(pod: Pod): void {
    const set = managerOf(REPLICA_SETS, sets, pod);
    const deployment = set && managerOf(DEPLOYMENTS, deployments, set);
    if (deployment?.spec.strategy?.type === 'Recreate') loop.enqueue(keyOf(deployment));
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const deployment = deployments.get(key);
    if (!deployment) return undefined;
    const own = await claimDependents({
      client: env.client,
      owner: deployment,
      ownerType: DEPLOYMENTS,
      selector: workloadSelector(deployment.spec.selector),
      dependents: sets,
      type: REPLICA_SETS,
    });
    const now = env.clock.now();
    const rollout = new Rollout(env.client, recorder, deployment, own, now);
    const wait = await rollout.step((set) => pods.byIndex(BY_OWNER, set.metadata.uid).some((pod) => !isFinished(pod)));
    return requeue(wait);
  }
}
