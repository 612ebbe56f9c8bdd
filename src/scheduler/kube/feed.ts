/** Carries what the informers see into the cluster and the queue, and tells the queue what could help those who wait. */
import {
  type Informer,
  type InformerSet,
  type KubeObject,
  keyOf,
  NAMESPACES,
  NODES,
  type Node,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type Pod,
  REPLICA_SETS,
  type ResourceType,
  resourceType,
  SERVICES,
  STATEFUL_SETS,
  STORAGE_CLASSES,
  sharedPods,
  withoutManagedFields,
} from '../../kube/index.ts';
import { type Cluster, type CsiNode, isFinished, type PodInfo, type SchedulingQueue } from '../core/index.ts';
import type { AssumedPods } from './assumed.ts';

export const CSI_NODES = resourceType<CsiNode & KubeObject>('storage.k8s.io/v1', 'CSINode', 'csinodes', false);

export interface FeedTarget {
  readonly cluster: Cluster;
  readonly queue: SchedulingQueue;
  readonly assumed: AssumedPods;
  /** Is the Pod this scheduler's to place? */
  isMine(pod: Pod): boolean;
}

/** Everything that the scheduler looks at; the answer takes all handlers off. */
export function feed(informers: InformerSet, target: FeedTarget): () => void {
  const { cluster, queue } = target;
  const { storage, workloads, disruptionBudgets } = cluster;
  const touched = () => cluster.touch();
  const storageChanged = () => {
    cluster.touch();
    queue.happened({ kind: 'StorageChanged' });
  };
  const stops = [
    on(informers, NODES, { put: (node) => putNode(node, target), delete: (node) => deleteNode(node, target) }),
    on(informers, NAMESPACES, {
      put: ({ metadata }, old) => putNamespace(metadata.name, metadata.labels ?? {}, old?.metadata.labels, target),
      delete: ({ metadata }) => cluster.setNamespace(metadata.name, undefined),
    }),
    on(informers, SERVICES, {
      put: (service) => workloads.setService(service),
      delete: (service) => workloads.deleteService(service),
    }),
    ...[REPLICA_SETS, STATEFUL_SETS].map((type: ResourceType<KubeObject>) =>
      on(informers, type, {
        put: (owner) => workloads.setOwner(type.kind, owner),
        delete: (owner) => workloads.deleteOwner(type.kind, owner),
      }),
    ),
    on(informers, POD_DISRUPTION_BUDGETS, keepIn(disruptionBudgets, touched)),
    on(informers, PERSISTENT_VOLUME_CLAIMS, keepIn(storage.claims, storageChanged)),
    on(informers, PERSISTENT_VOLUMES, keepIn(storage.volumes, storageChanged)),
    on(informers, STORAGE_CLASSES, keepIn(storage.classes, storageChanged)),
    on(informers, CSI_NODES, keepIn(storage.csiNodes as Map<string, CsiNode & KubeObject>, storageChanged)),
    on(
      informers,
      PODS,
      { put: (pod, old) => putPod(pod, old, target), delete: (pod) => deletePod(pod, target) },
      sharedPods(),
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

interface Sink<T> {
  put(object: T, old?: T): void;
  delete(object: T): void;
}

function on<T extends KubeObject>(
  informers: InformerSet,
  type: ResourceType<T>,
  sink: Sink<T>,
  transform: (object: T) => T = withoutManagedFields,
): () => void {
  const informer: Informer<T> = informers.of(type, { transform });
  return informer.onChange({ add: sink.put, update: sink.put, delete: sink.delete });
}

function keepIn<T extends KubeObject>(map: Map<string, T>, changed: () => void): Sink<T> {
  return {
    put(object) {
      map.set(keyOf(object), object);
      changed();
    },
    delete(object) {
      map.delete(keyOf(object));
      changed();
    },
  };
}

function putNode(node: Node, { cluster, queue }: FeedTarget): void {
  const before = cluster.node(node.metadata.name)?.facts;
  const { facts } = cluster.setNode(node);
  if (!before) queue.happened({ kind: 'NodeAdded', node: facts });
  else if (facts !== before) queue.happened({ kind: 'NodeChanged', node: facts, before });
}

function deleteNode(node: Node, { cluster, queue }: FeedTarget): void {
  const facts = cluster.node(node.metadata.name)?.facts;
  cluster.deleteNode(node.metadata.name);
  if (facts) queue.happened({ kind: 'NodeGone', node: facts });
}

function putNamespace(
  name: string,
  labels: Record<string, string>,
  before: Record<string, string> | undefined,
  { cluster, queue }: FeedTarget,
): void {
  if (before && JSON.stringify(before) === JSON.stringify(labels)) return;
  cluster.setNamespace(name, labels);
  queue.happened({ kind: 'NamespaceChanged' });
}

function putPod(pod: Pod, old: Pod | undefined, target: FeedTarget): void {
  if (isFinished(pod)) deletePod(pod, target);
  else if (pod.spec.nodeName) putPlaced(pod, pod.spec.nodeName, target);
  else putPending(pod, old, target);
}

function putPlaced(pod: Pod, nodeName: string, target: FeedTarget): void {
  const { cluster, queue, assumed } = target;
  const info = cluster.info(pod);
  const before = cluster.placement(info.key);
  const isNew = !before || assumed.has(info.key);
  assumed.settled(info.key);
  queue.delete(info.key);
  freeNomination(info.key, target, nodeName);
  const isKnown = before?.nodeName === nodeName && looksAlike(before.pod, info);
  if (isKnown) before.pod.pod = pod;
  else cluster.setPod(info, nodeName);
  if (isNew) queue.happened({ kind: 'PodPlaced', pod: info });
  else if (!isKnown) queue.happened({ kind: 'PodChanged', pod: info, before: before.pod });
}

/** Nothing that a decision looks at has changed. */
function looksAlike(a: PodInfo, b: PodInfo): boolean {
  return (
    a.class === b.class &&
    a.uid === b.uid &&
    a.priority === b.priority &&
    a.terminating === b.terminating &&
    a.startTime === b.startTime &&
    JSON.stringify(a.labels) === JSON.stringify(b.labels)
  );
}

/** What was seen before the binding went out says nothing new about an assumed Pod. */
function putPending(pod: Pod, old: Pod | undefined, target: FeedTarget): void {
  const { cluster, queue, assumed, isMine } = target;
  const info = cluster.info(pod);
  if (assumed.has(info.key)) return;
  if (info.terminating || !isMine(pod)) {
    queue.delete(info.key);
    freeNomination(info.key, target);
    return;
  }
  const nominated = pod.status?.nominatedNodeName;
  if (nominated) cluster.nominations.set(info, nominated);
  else if (old?.status?.nominatedNodeName) freeNomination(info.key, target);
  queue.set(info);
}

/** Room that was kept for a Pod is anybody's, unless the Pod has come to fill it. */
function freeNomination(key: string, { cluster, queue }: FeedTarget, filled?: string): void {
  const nodeName = cluster.nominations.delete(key);
  if (nodeName !== undefined && nodeName !== filled) queue.happened({ kind: 'Unknown' });
}

function deletePod(pod: Pod, target: FeedTarget): void {
  const { cluster, queue, assumed } = target;
  const key = keyOf(pod);
  assumed.settled(key);
  queue.delete(key);
  freeNomination(key, target);
  const placed = cluster.placement(key);
  if (!placed) return;
  cluster.deletePod(key);
  queue.happened({ kind: 'PodGone', pod: placed.pod });
}
