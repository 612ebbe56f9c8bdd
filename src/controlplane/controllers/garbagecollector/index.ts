/** Deletes what nobody owns any more, and sees to foreground and orphaning deletions. */

import { createLoop, discover, type Env, groupOf, type Loop } from '../../../control/index.ts';
import {
  ifFound,
  type KubeObject,
  keyOf,
  type OwnerReference,
  type ResourceType,
  sleep,
  splitKey,
} from '../../../kube/index.ts';
import { decide, FOREGROUND, hasFinalizer, isBlocking, isWaiting, ORPHAN, type OwnerState } from './decision.ts';
import { Graph, type Member, typeKey } from './graph.ts';

/** How often the server is asked for new resources; a new CustomResourceDefinition is noticed sooner. */
const DISCOVERY_MS = 30_000;
/** How long one resource that cannot be listed may hold up the rest. */
const PATIENCE_MS = 30_000;
const DISCOVERY_SOON_MS = 500;
/** Owners known to be gone; uids never come back. */
const MAX_GONE = 10_000;
const CRDS = 'customresourcedefinitions.apiextensions.k8s.io';

export function garbageCollector(env: Env): Loop {
  const graph = new Graph(env.caches, { changed, gone });
  const goneUids = new Set<string>();
  /** Objects with an owner of a kind not served when they were looked at: to be looked at again when kinds come. */
  const puzzling = new Map<string, Member>();
  const loop = createLoop(env, 'garbage-collector', reconcile, 20);
  const discoveryLoop = createLoop(env, 'garbage-collector-discovery', rediscover, 1);

  return {
    async start(signal) {
      await rediscoverPatiently(signal);
      discoveryLoop.enqueue('', DISCOVERY_MS);
      await Promise.race([env.caches.synced(), sleep(env.clock, PATIENCE_MS, signal)]).catch(() => undefined);
      await Promise.all([loop.start(signal), discoveryLoop.start(signal)]);
    },
  };

  async function rediscoverPatiently(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await rediscover('', signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        env.onError?.('garbage-collector-discovery', '', error);
        await sleep(env.clock, 1000, signal).catch(() => undefined);
      }
    }
  }

  async function rediscover(_: string, signal: AbortSignal): Promise<{ requeueAfterMs: number }> {
    const { types, failures } = await discover(env.client, signal);
    graph.watch(types, new Set([...failures.keys()].map(groupOf)));
    const again = [...puzzling.values()];
    puzzling.clear();
    for (const member of again) enqueue(member);
    return { requeueAfterMs: DISCOVERY_MS };
  }

  function changed(member: Member, old: KubeObject | undefined): void {
    const { type, object } = member;
    if (typeKey(type) === CRDS) discoveryLoop.enqueue('', DISCOVERY_SOON_MS);
    const { metadata } = object;
    if (metadata.deletionTimestamp && (hasFinalizer(object, ORPHAN) || hasFinalizer(object, FOREGROUND)))
      enqueue(member);
    else if (metadata.ownerReferences !== old?.metadata.ownerReferences && isDoubtful(object)) enqueue(member);
    for (const reference of old?.metadata.ownerReferences ?? []) {
      if (isBlocking(old!, reference.uid) && !isBlocking(object, reference.uid)) tellWaitingOwner(object, reference);
    }
  }

  function gone({ type, object }: Member): void {
    if (typeKey(type) === CRDS) discoveryLoop.enqueue('', DISCOVERY_SOON_MS);
    remember(object.metadata.uid);
    puzzling.delete(object.metadata.uid);
    for (const dependent of graph.dependents(object.metadata.uid)) enqueue(dependent);
    for (const reference of object.metadata.ownerReferences ?? []) tellWaitingOwner(object, reference);
  }

  /** The usual object has all its owners in the cache, and costs nothing more. */
  function isDoubtful(object: KubeObject): boolean {
    return (object.metadata.ownerReferences ?? []).some((reference) => {
      const owner = graph.owner(object, reference);
      return !owner || isWaiting(owner);
    });
  }

  function tellWaitingOwner(object: KubeObject, reference: OwnerReference): void {
    const owner = graph.owner(object, reference);
    const type = owner && isWaiting(owner) ? graph.typeOf(reference) : undefined;
    if (type) enqueue({ type, object: owner! });
  }

  function enqueue({ type, object }: Member): void {
    loop.enqueue(`${typeKey(type)}|${keyOf(object)}`);
  }

  async function reconcile(key: string): Promise<void> {
    const [typeName, objectKey] = key.split('|') as [string, string];
    const cached = graph.get(typeName, objectKey);
    if (!cached || !(isDoubtful(cached.object) || cached.object.metadata.deletionTimestamp)) return;
    const object = await live(cached.type, objectKey);
    if (!object || object.metadata.uid !== cached.object.metadata.uid) return;
    await act({ type: cached.type, object });
  }

  async function act(member: Member): Promise<void> {
    const { type, object } = member;
    const { uid, name, namespace, resourceVersion, ownerReferences = [] } = object.metadata;
    const leaving = object.metadata.deletionTimestamp !== undefined;
    const owners = leaving ? [] : await Promise.all(ownerReferences.map((reference) => judge(member, reference)));
    const dependents = graph.dependents(uid);
    const decision = decide(
      object,
      owners,
      dependents.map((dependent) => dependent.object),
    );
    switch (decision.kind) {
      case 'nothing':
        return;
      case 'detach':
        return detach(member, decision.uids);
      case 'delete': {
        const { propagationPolicy } = decision;
        const preconditions = { uid, resourceVersion };
        await ifFound(env.client.delete(type, name, { namespace, propagationPolicy, preconditions }));
        return;
      }
      case 'orphanDependents':
        await Promise.all(dependents.map((dependent) => detach(dependent, [uid])));
        return removeFinalizer(member, ORPHAN);
      case 'deleteDependents':
        if (decision.done) return removeFinalizer(member, FOREGROUND);
        for (const dependent of dependents) if (!dependent.object.metadata.deletionTimestamp) enqueue(dependent);
    }
  }

  async function judge(
    { type, object }: Member,
    reference: OwnerReference,
  ): Promise<{ reference: OwnerReference; state: OwnerState }> {
    const cached = graph.owner(object, reference);
    if (cached) return { reference, state: isWaiting(cached) ? 'waiting' : 'there' };
    if (goneUids.has(reference.uid)) return { reference, state: 'gone' };
    const ownerType = graph.typeOf(reference);
    if (!ownerType) puzzling.set(object.metadata.uid, { type, object });
    if (!ownerType || (ownerType.namespaced && !type.namespaced)) return { reference, state: 'unknown' };
    const namespace = ownerType.namespaced ? object.metadata.namespace : undefined;
    const owner = await live(ownerType, keyOf({ metadata: { namespace, name: reference.name } }));
    if (owner?.metadata.uid === reference.uid) return { reference, state: isWaiting(owner) ? 'waiting' : 'there' };
    remember(reference.uid);
    return { reference, state: 'gone' };
  }

  function remember(uid: string): void {
    goneUids.add(uid);
    if (goneUids.size > MAX_GONE) goneUids.delete(goneUids.values().next().value!);
  }

  async function live(type: ResourceType, key: string): Promise<KubeObject | undefined> {
    const { namespace, name } = splitKey(key);
    return ifFound(env.client.get(type, name, { namespace }));
  }

  async function detach({ type, object }: Member, uids: readonly string[]): Promise<void> {
    const { name, namespace, uid, resourceVersion } = object.metadata;
    const ownerReferences = (object.metadata.ownerReferences ?? []).filter((r) => !uids.includes(r.uid));
    const body = { metadata: { uid, resourceVersion, ownerReferences } };
    await ifFound(env.client.patch(type, name, { kind: 'merge', body }, { namespace }));
  }

  async function removeFinalizer({ type, object }: Member, finalizer: string): Promise<void> {
    const { name, namespace, uid, resourceVersion } = object.metadata;
    const finalizers = (object.metadata.finalizers ?? []).filter((other) => other !== finalizer);
    const body = { metadata: { uid, resourceVersion, finalizers } };
    await ifFound(env.client.patch(type, name, { kind: 'merge', body }, { namespace }));
  }
}
