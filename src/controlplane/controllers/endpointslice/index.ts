/** Keeps the EndpointSlices, and the older Endpoints object, of every Service with a selector. */

import {
  BY_LABEL,
  BY_NODE,
  BY_OWNER,
  controllerReference,
  createLoop,
  type Env,
  Expectations,
  generatedName,
  isNamespaceEnding,
  isReady,
  type Loop,
  labelIndex,
  managerOf,
  type Reconciled,
  requeue,
  sameJson,
  selectedPods,
  workloadSelector,
} from '../../../control/index.ts';
import {
  ENDPOINT_SLICES,
  type EndpointSlice,
  isStatus,
  type KubeObject,
  keyOf,
  NODES,
  type Node,
  PODS,
  type Pod,
  type ResourceType,
  SERVICES,
  type Service,
} from '../../../kube/index.ts';
import { endpointGroups, isHeadless, isServed } from './endpoints.ts';
import { byAddress, ENDPOINTS, endpointsContent, isOurs } from './legacy.ts';
import { planSlices, type SliceContent } from './slices.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const ZONE = 'topology.kubernetes.io/zone';
/** Changes of Pods are gathered for this long, so that a rollout is not one write a Pod. */
const BATCH_MS = 100;

export function endpointSliceController(env: Env): Loop {
  const services = env.caches.of(SERVICES);
  const pods = env.caches.of(PODS);
  const nodes = env.caches.of(NODES);
  const slices = env.caches.of(ENDPOINT_SLICES);
  const endpoints = env.caches.of(ENDPOINTS);
  const expectations = new Expectations(env.clock);
  const recorder = env.recorder('endpoint-slice-controller');
  const loop = createLoop(env, 'endpointslice', reconcile, 5);

  expectations.watch(slices);
  services.onChange({
    add: (service) => loop.enqueue(keyOf(service)),
    update: (service) => loop.enqueue(keyOf(service)),
    delete: (service) => {
      expectations.forget(service.metadata.uid);
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
  slices.onChange({ update: tellOwner, delete: tellOwner });
  endpoints.onChange({ add: (object) => loop.enqueue(keyOf(object)), delete: (object) => loop.enqueue(keyOf(object)) });
  nodes.onChange({
    add: (node) => zoneOf(node) && tellNode(node),
    update: (node, old) => zoneOf(node) !== zoneOf(old) && tellNode(node),
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

  function tellOwner(slice: EndpointSlice): void {
    const service = managerOf(SERVICES, services, slice);
    if (service) loop.enqueue(keyOf(service), BATCH_MS);
  }

  function tellNode(node: Node): void {
    for (const pod of pods.byIndex(BY_NODE, node.metadata.name)) tellServices(pod);
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const service = services.get(key);
    if (!service) return void (await removeEndpoints(key));
    if (service.metadata.deletionTimestamp || !isServed(service)) return undefined;
    const wait = expectations.waitOf(service.metadata.uid);
    if (wait > 0) return requeue(wait);
    const groups = endpointGroups(service, byAddress(selected(service)), (name) => zoneOf(nodes.get(name)));
    await writeSlices(service, planSlices(groups, ownSlices(service)));
    await writeEndpoints(service, endpointsContent(service, groups));
    return undefined;
  }

  function selected(service: Service): readonly Pod[] {
    return selectedPods(pods, service.metadata.namespace ?? '', workloadSelector(service.spec.selector));
  }

  function ownSlices(service: Service): EndpointSlice[] {
    return slices
      .byIndex(BY_OWNER, service.metadata.uid)
      .filter((slice) => slice.metadata.labels?.[MANAGED_BY] === MANAGER && !slice.metadata.deletionTimestamp);
  }

  async function writeSlices(service: Service, plan: ReturnType<typeof planSlices>): Promise<void> {
    const labels = sliceLabels(service);
    const updates = new Map(plan.update.map(({ slice, endpoints: content }) => [slice, content]));
    const outdated = ownSlices(service).filter(
      (slice) => !plan.remove.includes(slice) && (updates.has(slice) || !sameJson(slice.metadata.labels, labels)),
    );
    for (const slice of outdated) {
      const content = [...(updates.get(slice) ?? slice.endpoints ?? [])];
      const metadata = { ...slice.metadata, labels };
      await env.client.replace(ENDPOINT_SLICES, { ...slice, metadata, endpoints: content });
    }
    for (const content of plan.create) await createSlice(service, labels, content);
    for (const slice of plan.remove) await remove(ENDPOINT_SLICES, slice);
  }

  async function createSlice(service: Service, labels: Record<string, string>, content: SliceContent): Promise<void> {
    const { namespace, uid } = service.metadata;
    const generateName = `${service.metadata.name}-`;
    const name = generatedName(generateName, env.random);
    const ownerReferences = [controllerReference(service, SERVICES)];
    expectations.expectCreation(uid, `${namespace}/${name}`);
    try {
      await env.client.create(ENDPOINT_SLICES, {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name, generateName, namespace, labels, ownerReferences },
        addressType: content.addressType,
        ports: [...content.ports],
        endpoints: [...content.endpoints],
      });
    } catch (error) {
      expectations.creationFailed(`${namespace}/${name}`);
      if (isNamespaceEnding(error)) return;
      const message = `Error updating Endpoint Slices for Service ${namespace}/${service.metadata.name}: ${error}`;
      recorder.event(service, 'Warning', 'FailedToUpdateEndpointSlices', message);
      throw error;
    }
  }

  /** Slices go with their Service by themselves; the older object has no owner. */
  async function removeEndpoints(key: string): Promise<void> {
    const left = endpoints.get(key);
    if (left && isOurs(left)) await remove(ENDPOINTS, left);
  }

  async function remove(type: ResourceType, { metadata }: KubeObject): Promise<void> {
    const { namespace, name, uid } = metadata;
    try {
      await env.client.delete(type, name, { namespace, preconditions: { uid } });
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error;
    }
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

function sliceLabels(service: Service): Record<string, string> {
  return {
    ...service.metadata.labels,
    ...(isHeadless(service) && { 'service.kubernetes.io/headless': '' }),
    [SERVICE_NAME]: service.metadata.name,
    [MANAGED_BY]: MANAGER,
  };
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
