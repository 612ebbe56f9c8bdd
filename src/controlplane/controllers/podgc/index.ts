/** Clears away Pods that no kubelet will ever finish. */

import { BY_NODE, createLoop, type Env, isFinished, type Loop, type Reconciled } from '../../../control/index.ts';
import { ifFound, keyOf, NODES, type Node, PODS, type Pod, rfc3339 } from '../../../kube/index.ts';
import { leftoverOf, surplusFinished } from './plan.ts';

/** A host that has vanished may only be late: its Pods are given this long. */
const QUARANTINE_MS = 40_000;
const FINISHED_LIMIT = 12_500;
const FINISHED_CHECK_MS = 20_000;

export function podGarbageCollector(env: Env): Loop {
  const { client } = env;
  const pods = env.caches.of(PODS);
  const nodes = env.caches.of(NODES);
  const finished = new Set<string>();
  const loop = createLoop(env, 'pod-garbage-collector', reconcile, 10);
  const finishedLoop = createLoop(env, 'pod-garbage-collector-finished', trim, 1);

  return {
    async start(signal) {
      watch();
      await Promise.all([loop.start(signal), finishedLoop.start(signal)]);
    },
  };

  /** Only once the hosts are known, or every Pod would look orphaned. */
  function watch(): void {
    pods.onChange({ add: look, update: look, delete: (pod) => finished.delete(keyOf(pod)) });
    nodes.onChange({
      update: (node) => tellPods(node, 0),
      delete: (node) => tellPods(node, QUARANTINE_MS),
    });
  }

  function look(pod: Pod): void {
    if (isFinished(pod)) note(pod);
    const leftover = leftoverOf(pod, pod.spec.nodeName ? nodes.get(pod.spec.nodeName) : undefined);
    if (leftover) loop.enqueue(keyOf(pod), leftover === 'orphaned' ? QUARANTINE_MS : 0);
  }

  function note(pod: Pod): void {
    finished.add(keyOf(pod));
    if (finished.size > FINISHED_LIMIT) finishedLoop.enqueue('', FINISHED_CHECK_MS);
  }

  /** Of a living host only the Pods that are leaving a host out of service are of interest. */
  function tellPods(node: Node, afterMs: number): void {
    if (afterMs === 0 && !node.spec.taints?.length) return;
    for (const pod of pods.byIndex(BY_NODE, node.metadata.name)) {
      if (afterMs > 0 || leftoverOf(pod, node)) loop.enqueue(keyOf(pod), afterMs);
    }
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const pod = pods.get(key);
    if (!pod) return undefined;
    const node = pod.spec.nodeName ? nodes.get(pod.spec.nodeName) : undefined;
    const leftover = leftoverOf(pod, node);
    if (!leftover || (leftover === 'orphaned' && (await isThere(pod.spec.nodeName!)))) return undefined;
    if (!isFinished(pod)) await markFailed(pod, leftover === 'orphaned');
    await remove(pod);
    return undefined;
  }

  async function isThere(node: string): Promise<boolean> {
    return (await ifFound(client.get(NODES, node))) !== undefined;
  }

  /** So that a Job that holds the Pod by a finalizer knows how it ended. */
  async function markFailed(pod: Pod, disrupted: boolean): Promise<void> {
    const time = rfc3339(env.clock.now());
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByPodGC',
      message: 'PodGC: node no longer exists',
      lastTransitionTime: time,
    };
    const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
    const conditions = disrupted ? { conditions: [...others, condition] } : {};
    const status = { ...pod.status, phase: 'Failed', ...conditions };
    await ifFound(client.replace(PODS, { ...pod, status }, { subresource: 'status' }));
  }

  async function remove({ metadata }: Pod): Promise<void> {
    const { namespace, name, uid } = metadata;
    await ifFound(client.delete(PODS, name, { namespace, gracePeriodSeconds: 0, preconditions: { uid } }));
  }

  async function trim(): Promise<Reconciled> {
    for (const pod of surplusFinished(known(), FINISHED_LIMIT)) await remove(pod);
    return undefined;
  }

  function* known(): Generator<Pod> {
    for (const key of finished) {
      const pod = pods.get(key);
      if (pod) yield pod;
    }
  }
}
