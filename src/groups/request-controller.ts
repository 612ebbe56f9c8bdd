/** The control loop of PodRebuilds: it asks for rebuilds on the Pods; the Groups' controller carries them out. */
import {
  BY_NAMESPACE,
  createLoop,
  type Env,
  type Loop,
  type Reconciled,
  requeue,
  sameStatus,
} from '../control/index.ts';
import { ifFound, keyOf, PODS, type Pod } from '../kube/index.ts';
import { POD_REBUILDS, type PodRebuild } from '../resources/index.ts';
import { FIELD_MANAGER, GROUP, REBUILD } from './marks.ts';
import { firstStatus, isOver, planRequest, type RequestWorld } from './request-plan.ts';

/** Looked at again after so long whatever happens: a change of a Pod may be of no concern to the Group. */
const LOOK_MS = 30_000;

export function requestController(env: Env): Loop {
  const { client, clock } = env;
  const requests = env.caches.of(POD_REBUILDS);
  const pods = env.caches.of(PODS);
  const loop = createLoop(env, 'podrebuilds', reconcile, 2);
  const tell = (namespace: string) => {
    for (const request of requests.byIndex(BY_NAMESPACE, namespace))
      if (!isOver(request.status)) loop.enqueue(keyOf(request));
  };
  requests.onChange({
    add: (request) => loop.enqueue(keyOf(request)),
    update: (request) => loop.enqueue(keyOf(request)),
    // Whoever waited for its turn behind this one has it now.
    delete: ({ metadata }) => tell(metadata.namespace ?? ''),
  });
  pods.onChange({
    update: (pod, old) => {
      const concerns = pod.metadata.labels?.[GROUP] && (isAsked(pod) || isAsked(old));
      if (concerns) tell(pod.metadata.namespace ?? '');
    },
  });
  return loop;

  async function reconcile(key: string): Promise<Reconciled> {
    const request = requests.get(key);
    if (!request || request.metadata.deletionTimestamp) return undefined;
    const now = clock.now();
    if (isOver(request.status)) return expire(request, now);
    const world = worldOf(request, now);
    if (!request.status?.pods) {
      await writeStatus(request, firstStatus(world));
      return undefined;
    }
    const plan = planRequest(world);
    await Promise.all(plan.marks.map(({ pod, request: mark }) => markPod(pod, mark)));
    await writeStatus(request, plan.status);
    return isOver(plan.status) ? undefined : requeue(Math.min(plan.wait ?? LOOK_MS, LOOK_MS));
  }

  async function expire({ metadata, spec, status }: PodRebuild, now: number): Promise<Reconciled> {
    if (spec.ttlSecondsAfterFinished === undefined) return undefined;
    const left = Date.parse(status?.completionTime ?? '') + spec.ttlSecondsAfterFinished * 1000 - now;
    if (left > 0) return requeue(left);
    const { namespace, name, uid } = metadata;
    await client.delete(POD_REBUILDS, name, { namespace: namespace!, preconditions: { uid } });
    return undefined;
  }

  function worldOf(request: PodRebuild, now: number): RequestWorld {
    const { groupRef, podNames } = request.spec;
    const names = podNames && new Set(podNames);
    const all = pods.byIndex(BY_NAMESPACE, request.metadata.namespace ?? '').filter(({ metadata }) => {
      if (groupRef && metadata.labels?.[GROUP] !== groupRef.name) return false;
      return names ? names.has(metadata.name) : !metadata.deletionTimestamp;
    });
    return {
      request,
      pods: new Map(all.map((pod) => [pod.metadata.name, pod])),
      isAlive: (uid) =>
        requests
          .byIndex(BY_NAMESPACE, request.metadata.namespace ?? '')
          .some(({ metadata, status }) => metadata.uid === uid && !isOver(status)),
      now,
    };
  }

  async function markPod(pod: Pod, mark: object | null): Promise<void> {
    const { namespace, name, uid, resourceVersion } = pod.metadata;
    const annotations = { [REBUILD]: mark && JSON.stringify(mark) };
    const body = { metadata: { uid, resourceVersion, annotations } };
    const at = { namespace: namespace!, fieldManager: FIELD_MANAGER };
    await ifFound(client.patch(PODS, name, { kind: 'merge', body }, at));
  }

  async function writeStatus(request: PodRebuild, status: PodRebuild['status']): Promise<void> {
    if (sameStatus(status, request.status)) return;
    const { namespace, name, resourceVersion } = request.metadata;
    const at = { namespace: namespace!, subresource: 'status', fieldManager: FIELD_MANAGER };
    await client.patch(POD_REBUILDS, name, { kind: 'merge', body: { metadata: { resourceVersion }, status } }, at);
  }
}

function isAsked(pod: Pod): boolean {
  return pod.metadata.annotations?.[REBUILD] !== undefined;
}
