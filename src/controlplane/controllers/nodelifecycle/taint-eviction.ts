/** Deletes Pods from hosts whose NoExecute taints they do not tolerate, or no longer. */

import {
  BY_NODE,
  createLoop,
  type Env,
  isFinished,
  type Loop,
  type Reconciled,
  requeue,
  sameJson,
} from '../../../control/index.ts';
import { ifFound, keyOf, NODES, type Node, PODS, type Pod, rfc3339 } from '../../../kube/index.ts';
import { evictionDelay, executeTaintsOf } from './eviction.ts';

export function taintEvictionController(env: Env): Loop {
  const { client } = env;
  const pods = env.caches.of(PODS);
  const nodes = env.caches.of(NODES);
  const recorder = env.recorder('taint-eviction-controller');
  /** When each Pod that has to go was first found to: its tolerations run from then. */
  const since = new Map<string, number>();
  const loop = createLoop(env, 'taint-eviction', reconcile, 10);

  nodes.onChange({
    add: (node) => executeTaintsOf(node).length > 0 && tellPods(node),
    update: (node, old) => !sameJson(executeTaintsOf(node), executeTaintsOf(old)) && tellPods(node),
  });
  pods.onChange({
    add: tell,
    update: (pod, old) => pod.spec.nodeName !== old.spec.nodeName && tell(pod),
    delete: (pod) => since.delete(pod.metadata.uid),
  });
  return loop;

  function tell(pod: Pod): void {
    const node = pod.spec.nodeName ? nodes.get(pod.spec.nodeName) : undefined;
    if (executeTaintsOf(node).length > 0) loop.enqueue(keyOf(pod));
  }

  function tellPods(node: Node): void {
    for (const pod of pods.byIndex(BY_NODE, node.metadata.name)) loop.enqueue(keyOf(pod));
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const pod = pods.get(key);
    if (!pod || pod.metadata.deletionTimestamp || isFinished(pod)) return undefined;
    const { uid, name, namespace } = pod.metadata;
    const now = env.clock.now();
    const delay = evictionDelay(pod, executeTaintsOf(nodes.get(pod.spec.nodeName ?? '')));
    if (delay === undefined) return cancel(pod);
    const start = since.get(uid) ?? now;
    since.set(uid, start);
    if (start + delay > now) return requeue(start + delay - now);
    recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`);
    await mark(pod);
    await ifFound(client.delete(PODS, name, { namespace, preconditions: { uid } }));
    return undefined;
  }

  function cancel({ metadata }: Pod): undefined {
    const pod = pods.get(keyOf({ metadata }));
    if (!since.delete(metadata.uid) || !pod) return;
    const message = `Cancelling deletion of Pod ${metadata.namespace}/${metadata.name}`;
    recorder.event(pod, 'Normal', 'TaintManagerEviction', message);
  }

  async function mark(pod: Pod): Promise<void> {
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: rfc3339(env.clock.now()),
    };
    const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
    const status = { ...pod.status, conditions: [...others, condition] };
    await ifFound(client.replace(PODS, { ...pod, status }, { subresource: 'status' }));
  }
}
