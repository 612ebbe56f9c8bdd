/** Keeps the Service and the EndpointSlices of every GroupService. */
import {
  BY_NAMESPACE,
  BY_NODE,
  createLoop,
  type Env,
  endpointGroups,
  isFinished,
  isReady,
  type Loop,
  managerOf,
  type Reconciled,
  requeue,
  SliceKeeper,
  sameJson,
  sameStatus,
  selectedPods,
  sooner,
  workloadSelector,
} from '../control/index.ts';
import { keyOf, NODES, type Node, PODS, type Pod, SERVICES, type Service } from '../kube/index.ts';
import { GROUP_SERVICES, type GroupService } from '../resources/index.ts';
import { Freshness } from './freshness.ts';
import { type Candidate, type Guarded, type GuardPolicy, guard } from './guard.ts';
import type { ServiceMetrics } from './metrics.ts';
import { NodeCensus } from './node-census.ts';
import { ensureService } from './service-owner.ts';
import { refusedStatus, type Status, statusOf } from './status.ts';
import { isNodeReady, isWellByItself, nodeFacts, podFacts, verdictOf } from './verdict.ts';

export const SLICE_MANAGER = 'groupservice.jdos.jd.com';
const COMPONENT = 'jdos-groupservice';
const ZONE = 'topology.kubernetes.io/zone';
/** Changes of Pods are gathered for this long, so that a rollout is not one write a Pod. */
const BATCH_MS = 100;
/** With stale caches nothing is written; after so long one looks again. */
const STALE_RETRY_MS = 5000;
/** Counts alone are told no more often. */
const STATUS_MS = 1000;

export function groupServiceController(env: Env): Loop {
  const groups = env.caches.of(GROUP_SERVICES);
  const services = env.caches.of(SERVICES);
  const pods = env.caches.of(PODS);
  const nodes = env.caches.of(NODES);
  const recorder = env.recorder(COMPONENT);
  const keeper = new SliceKeeper(env, SLICE_MANAGER, recorder);
  const census = new NodeCensus();
  const watched = [
    { type: PODS, informer: pods },
    { type: NODES, informer: nodes },
  ];
  const freshness = new Freshness(env.client, env.clock, watched);
  const removals = new Map<string, ReadonlyMap<string, number>>();
  const told = new Map<string, { readonly at: number; readonly stuck: ReadonlySet<string> }>();
  const loop = createLoop(env, 'groupservice', reconcile, 5);
  let metrics: ServiceMetrics | undefined;

  groups.onChange({
    add: (group) => loop.enqueue(keyOf(group)),
    update: (group, old) => group.metadata.generation !== old.metadata.generation && loop.enqueue(keyOf(group)),
    delete: forget,
  });
  services.onChange({ add: tellOwner, update: tellOwner, delete: tellOwner });
  pods.onChange({
    add: tellGroups,
    update: (pod, old) => {
      if (!differs(pod, old)) return;
      tellGroups(pod);
      if (!sameJson(pod.metadata.labels, old.metadata.labels)) tellGroups(old);
    },
    delete: tellGroups,
  });
  nodes.onChange({
    add(node) {
      census.add(node);
      tellNode(node);
    },
    update(node, old) {
      census.update(node, old);
      if (nodeFacts(node) !== nodeFacts(old) || zoneOf(node) !== zoneOf(old)) tellNode(node);
    },
    delete(node) {
      census.delete(node);
      tellNode(node);
    },
  });
  keeper.onChange((key) => groups.get(key) && loop.enqueue(key, BATCH_MS));
  return { start };

  async function start(signal: AbortSignal): Promise<void> {
    if (env.metrics) metrics = (await import('./metrics.ts')).serviceMetrics(env.metrics);
    await loop.start(signal);
  }

  function tellGroups({ metadata }: Pod): void {
    for (const group of groups.byIndex(BY_NAMESPACE, metadata.namespace ?? '')) {
      if (workloadSelector(group.spec.selector).matches(metadata.labels)) loop.enqueue(keyOf(group), BATCH_MS);
    }
  }

  function tellNode(node: Node): void {
    for (const pod of pods.byIndex(BY_NODE, node.metadata.name)) tellGroups(pod);
  }

  function tellOwner(service: Service): void {
    const group = managerOf(GROUP_SERVICES, groups, service) ?? groups.get(keyOf(service));
    if (group) loop.enqueue(keyOf(group));
  }

  function forget(group: GroupService): void {
    const { uid, namespace, name } = group.metadata;
    removals.delete(uid);
    told.delete(uid);
    metrics?.forget(namespace ?? '', name);
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const group = groups.get(key);
    if (!group || group.metadata.deletionTimestamp) return undefined;
    if (!(await freshness.isFresh())) return requeue(STALE_RETRY_MS);
    const service = await ensureService(env.client, group, services.get(key));
    if ('reason' in service) {
      recorder.event(group, 'Warning', service.reason, service.message);
      return writeStatus(group, refusedStatus(group, service, env.clock));
    }
    const wait = keeper.waitOf(service);
    if (wait > 0) return requeue(wait);
    return publish(group, service);
  }

  async function publish(group: GroupService, service: Service): Promise<Reconciled> {
    const now = env.clock.now();
    const chosen = chosenPods(group);
    const candidates = candidatesOf(service, chosen, now);
    const guarded = guard(candidates, policyOf(group), removals.get(group.metadata.uid) ?? new Map(), now);
    const listed = chosen.filter((pod) => isListed(service, pod, guarded));
    const eager = service.spec.publishNotReadyAddresses === true;
    const isServing = (pod: Pod) => guarded.ready.has(pod.metadata.uid) || ((eager || isLeaving(pod)) && answers(pod));
    await keeper.write(
      service,
      endpointGroups(service, listed, { zoneOf: (name) => zoneOf(nodes.get(name)), isServing }),
    );
    countRemovals(group, guarded);
    tellStuck(group, chosen, guarded);
    const wait = await writeStatus(group, statusOf(group, service, guarded, candidates.length, env.clock));
    return requeue(sooner(guarded.lookAgainMs, wait?.requeueAfterMs));
  }

  /** In a stable order, so that equal sets of Pods give equal slices. */
  function chosenPods({ metadata, spec }: GroupService): Pod[] {
    const selected = selectedPods(pods, metadata.namespace ?? '', workloadSelector(spec.selector));
    return selected
      .filter((pod) => !isFinished(pod) && pod.status?.podIP)
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  function candidatesOf(service: Service, chosen: readonly Pod[], now: number): Candidate[] {
    const published = publishedIn(keeper, service);
    return chosen.map((pod) => {
      const { uid } = pod.metadata;
      const node = nodes.get(pod.spec.nodeName ?? '');
      return {
        uid,
        verdict: verdictOf(pod, node, now),
        published: published.get(uid),
        disrupted: census.isDisrupted(node),
      };
    });
  }

  /** A Pod of a host that is no more is left out, unless it is held or even unready ones are wanted. */
  function isListed({ spec }: Service, { metadata, spec: { nodeName } }: Pod, { ready }: Guarded): boolean {
    const placed = !nodeName || nodes.get(nodeName) !== undefined;
    return placed || ready.has(metadata.uid) || spec.publishNotReadyAddresses === true;
  }

  /** A leaving Pod of a silent host may still serve what it has begun. */
  function answers(pod: Pod): boolean {
    return isReady(pod) || (isWellByItself(pod) && !isNodeReady(nodes.get(pod.spec.nodeName ?? '')));
  }

  function countRemovals({ metadata }: GroupService, guarded: Guarded): void {
    const before = removals.get(metadata.uid);
    const fresh = [...guarded.removals.keys()].filter((uid) => !before?.has(uid)).length;
    removals.set(metadata.uid, guarded.removals);
    metrics?.held(metadata.namespace ?? '', metadata.name, guarded.held.size);
    if (fresh > 0) metrics?.removed(metadata.namespace ?? '', metadata.name, fresh);
  }

  function tellStuck(group: GroupService, chosen: readonly Pod[], { held }: Guarded): void {
    const before = told.get(group.metadata.uid);
    const stuck = chosen.filter(({ metadata }) => held.get(metadata.uid) === 'NodeStuck');
    for (const pod of stuck) {
      if (before?.stuck.has(pod.metadata.uid)) continue;
      const message = `Host ${pod.spec.nodeName} is back, and the Pod is still called unready though its containers are ready`;
      recorder.event(pod, 'Warning', 'NodeStuck', message);
    }
    told.set(group.metadata.uid, { at: before?.at ?? 0, stuck: new Set(stuck.map(({ metadata }) => metadata.uid)) });
  }

  async function writeStatus(group: GroupService, status: Status): Promise<Reconciled> {
    if (sameStatus(group.status, status)) return undefined;
    const { namespace, name, uid } = group.metadata;
    const now = env.clock.now();
    const before = told.get(uid);
    const countsOnly = sameJson(group.status?.conditions, status.conditions);
    if (countsOnly && before && now - before.at < STATUS_MS) return requeue(before.at + STATUS_MS - now);
    tellHeld(group, status);
    const patch = { kind: 'merge' as const, body: { metadata: { uid }, status } };
    await env.client.patch(GROUP_SERVICES, name, patch, { namespace, subresource: 'status' });
    told.set(uid, { at: now, stuck: before?.stuck ?? new Set() });
    return undefined;
  }

  function tellHeld(group: GroupService, status: Status): void {
    const [now, before] = [status, group.status].map((one) =>
      one?.conditions?.find(({ type }) => type === 'EndpointsHeld'),
    );
    if (!now || now.status === (before?.status ?? 'False')) return;
    if (now.status === 'True') recorder.event(group, 'Warning', 'EndpointsHeld', now.message ?? '');
    else recorder.event(group, 'Normal', 'EndpointsReleased', 'No Pod is held any more');
  }
}

function publishedIn(keeper: SliceKeeper, service: Service): Map<string, boolean> {
  const published = new Map<string, boolean>();
  for (const slice of keeper.own(service)) {
    for (const { targetRef, conditions } of slice.endpoints ?? []) {
      if (targetRef?.uid) published.set(targetRef.uid, conditions?.ready ?? true);
    }
  }
  return published;
}

function policyOf({ spec: { endpointPolicy } }: GroupService): GuardPolicy {
  const { panicThreshold, suspectThreshold, holdSeconds, panicMode } = endpointPolicy;
  return {
    panicThreshold: Number.parseInt(panicThreshold, 10) / 100,
    suspectThreshold: Number.parseInt(suspectThreshold, 10) / 100,
    holdMs: holdSeconds * 1000,
    panicMode,
  };
}

function isLeaving(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

function zoneOf(node: Node | undefined): string | undefined {
  return node?.metadata.labels?.[ZONE];
}

/** Has anything changed that endpoints show? */
function differs(pod: Pod, old: Pod): boolean {
  return (
    podFacts(pod) !== podFacts(old) ||
    pod.status?.podIP !== old.status?.podIP ||
    pod.status?.podIPs?.length !== old.status?.podIPs?.length ||
    pod.status?.phase !== old.status?.phase ||
    pod.spec.nodeName !== old.spec.nodeName ||
    !sameJson(pod.metadata.labels, old.metadata.labels)
  );
}
