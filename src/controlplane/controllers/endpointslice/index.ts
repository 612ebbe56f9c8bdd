/** Keeps the EndpointSlices, and the older Endpoints object, of every Service with a selector. */

import {
  BY_LABEL,
  BY_NODE,
  createLoop,
  type Env,
  endpointGroups,
  isNamespaceEnding,
  isReady,
  isServed,
  type Loop,
  labelIndex,
  type Reconciled,
  requeue,
  SliceKeeper,
  sameJson,
  selectedPods,
  workloadSelector,
} from '../../../control/index.ts';
import {
  ifFound,
  isStatus,
  keyOf,
  NODES,
  type Node,
  PODS,
  type Pod,
  SERVICES,
  type Service,
} from '../../../kube/index.ts';
import { byAddress, ENDPOINTS, type Endpoints, endpointsContent, isOurs } from './legacy.ts';

const MANAGER = 'endpointslice-controller.k8s.io';
const ZONE = 'topology.kubernetes.io/zone';
/** Changes of Pods are gathered for this long, so that a rollout is not one write a Pod. */
const BATCH_MS = 100;

export function endpointSliceController(env: Env): Loop {
  const services = env.caches.of(SERVICES);
  const pods = env.caches.of(PODS);
  const nodes = env.caches.of(NODES);
  const endpoints = env.caches.of(ENDPOINTS);
  const keeper = new SliceKeeper(env, MANAGER, env.recorder('endpoint-slice-controller'));
  const loop = createLoop(env, 'endpointslice', reconcile, 5);

  services.onChange({
    add: (service) => loop.enqueue(keyOf(service)),
    update: (service) => loop.enqueue(keyOf(service)),
    delete: (service) => {
      keeper.forget(service);
      loop.enqueue(keyOf(service));
    },
  });
  pods.onChange({
    add: tellServices,
    update: (pod, old) => {
      if (!differs(pod, old)) return;
      tellServices(pod);
      if (!sameJson(pod.metadata.labels, old.metadata.labels)) tellServices(old);
    },
    delete: tellServices,
  });
  keeper.onChange((key) => services.get(key) && loop.enqueue(key, BATCH_MS));
  endpoints.onChange({ add: (object) => loop.enqueue(keyOf(object)), delete: (object) => loop.enqueue(keyOf(object)) });
  nodes.onChange({
    add: tellNode,
    update: (node, old) => zoneOf(node) !== zoneOf(old) && tellNode(node),
    delete: tellNode,
  });
  return loop;

  function tellServices({ metadata }: Pod): void {
    for (const [key, value] of Object.entries(metadata.labels ?? {})) {
      for (const service of services.byIndex(BY_LABEL, labelIndex(metadata.namespace ?? '', key, value))) {
        const selected = workloadSelector(service.spec.selector).matches(metadata.labels);
        if (selected && isServed(service)) loop.enqueue(keyOf(service), BATCH_MS);
      }
    }
  }

  function tellNode(node: Node): void {
    for (const pod of pods.byIndex(BY_NODE, node.metadata.name)) tellServices(pod);
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const service = services.get(key);
    if (!service) return void (await removeEndpoints(key));
    if (service.metadata.deletionTimestamp || !isServed(service)) return undefined;
    const wait = keeper.waitOf(service);
    if (wait > 0) return requeue(wait);
    const groups = endpointGroups(service, byAddress(selected(service)), { zoneOf: (name) => zoneOf(nodes.get(name)) });
    await keeper.write(service, groups);
    await writeEndpoints(service, endpointsContent(service, groups));
    return undefined;
  }

  function selected(service: Service): readonly Pod[] {
    const selector = workloadSelector(service.spec.selector);
    return selectedPods(pods, service.metadata.namespace ?? '', selector).filter((pod) => isPlaced(service, pod));
  }

  /** A Pod of a host that is no more is left out, unless the Service wants even unready ones. */
  function isPlaced({ spec }: Service, pod: Pod): boolean {
    const { nodeName } = pod.spec;
    return !nodeName || nodes.get(nodeName) !== undefined || spec.publishNotReadyAddresses === true;
  }

  /** Slices go with their Service by themselves; the older object has no owner. */
  async function removeEndpoints(key: string): Promise<void> {
    const left = endpoints.get(key);
    if (left && isOurs(left)) await remove(left);
  }

  async function remove({ metadata }: Endpoints): Promise<void> {
    const { namespace, name, uid } = metadata;
    await ifFound(env.client.delete(ENDPOINTS, name, { namespace, preconditions: { uid } }));
  }

  async function writeEndpoints(service: Service, content: ReturnType<typeof endpointsContent>): Promise<void> {
    const { namespace, name } = service.metadata;
    const { subsets, labels, annotations } = content;
    const before = endpoints.get(keyOf(service));
    if (!before) {
      const metadata = { namespace, name, labels, annotations };
      await ignoring(
        ['AlreadyExists'],
        env.client.create(ENDPOINTS, { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets }),
      );
    } else if (!sameJson({ subsets, labels }, { subsets: before.subsets, labels: before.metadata.labels })) {
      await env.client.replace(ENDPOINTS, {
        ...before,
        metadata: { ...before.metadata, labels, annotations },
        subsets,
      });
    }
  }
}

async function ignoring(reasons: ['AlreadyExists'], write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isStatus(error, ...reasons) && !isNamespaceEnding(error)) throw error;
  }
}

function zoneOf(node: Node | undefined): string | undefined {
  return node?.metadata.labels?.[ZONE];
}

/** Has anything changed that endpoints show? */
function differs(pod: Pod, old: Pod): boolean {
  return (
    pod.status?.podIP !== old.status?.podIP ||
    pod.status?.phase !== old.status?.phase ||
    isReady(pod) !== isReady(old) ||
    pod.metadata.deletionTimestamp !== old.metadata.deletionTimestamp ||
    pod.spec.nodeName !== old.spec.nodeName ||
    !sameJson(pod.metadata.labels, old.metadata.labels)
  );
}
