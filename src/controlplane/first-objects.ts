/** What every cluster has from its first moment: the standard namespaces, roles, priority classes and the API's own Service. */
import { randomUUID } from 'node:crypto';
import { rfc3339 } from '../kube/index.ts';
import { DEFAULT_BINDINGS, DEFAULT_ROLES, type DefaultBinding, type DefaultRole } from './access/default-roles.ts';
import { API_SERVICE_IP } from './admission/index.ts';
import { SIMULATED_PROVISIONER } from './controllers/volume/simulated-volume.ts';
import type { Plane } from './plane.ts';
import type { Json, ResourceDefinition } from './registry/definition.ts';

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Writes the objects that are missing; `address` is where the API listens. */
export async function createFirstObjects(plane: Plane, address: { host: string; port: number }): Promise<void> {
  const isNew = plane.of('', 'namespaces').get('kube-system') === undefined;
  const objects = [
    ...NAMESPACES.map(namespace),
    ...PRIORITY_CLASSES.map(priorityClass),
    apiService(),
    ...DEFAULT_ROLES.map(role),
    ...DEFAULT_BINDINGS.map(binding),
    // Unlike the others, this is the user's to delete.
    ...(isNew ? [STORAGE_CLASS] : []),
  ];
  await Promise.all(objects.map((object) => createMissing(plane, object)));
  await replace(plane, apiEndpoints(address));
}

/** Puts the API's own Service back whenever somebody deletes it or its endpoints. */
export function keepApiService(
  plane: Plane,
  address: { host: string; port: number },
  onError: (error: unknown) => void,
): void {
  for (const [group, plural, make] of [
    ['', 'services', apiService],
    ['discovery.k8s.io', 'endpointslices', () => apiEndpoints(address)],
  ] as const)
    plane.of(group, plural).subscribe(({ type, entry }) => {
      if (type === 'DELETED' && entry.key === API_SERVICE_KEY) createMissing(plane, make()).catch(onError);
    });
}

async function createMissing(plane: Plane, object: Json): Promise<void> {
  const { definition, key } = placeOf(plane, object);
  await plane.store.write(plane.collection(definition), key, (current) =>
    current ? undefined : { object: born(plane, definition, object) },
  );
}

/** For objects that say where the API is now. */
async function replace(plane: Plane, object: Json): Promise<void> {
  const { definition, key } = placeOf(plane, object);
  await plane.store.write(plane.collection(definition), key, (current) => {
    const fresh = born(plane, definition, object);
    return { object: current ? { ...fresh, metadata: { ...current.parse().metadata } } : fresh };
  });
}

function placeOf(plane: Plane, object: Json): { definition: ResourceDefinition; key: string } {
  const [version, group = ''] = object.apiVersion.split('/').reverse();
  const definition = plane.registry.ofKind(group, version, object.kind)!;
  const { namespace, name } = object.metadata;
  return { definition, key: namespace ? `${namespace}/${name}` : name };
}

function born(plane: Plane, definition: ResourceDefinition, object: Json): Json {
  const metadata = { ...object.metadata, uid: randomUUID(), creationTimestamp: rfc3339(plane.clock.now()) };
  const whole = { ...object, metadata };
  definition.strategy?.default?.(whole);
  return whole;
}

function namespace(name: string): Json {
  return {
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

const PRIORITY_CLASSES = [
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description: 'For system pods that the cluster needs, but that may move to another node.',
  },
  { name: 'system-node-critical', value: 2_000_001_000, description: 'For system pods that must stay on their node.' },
];

function priorityClass({ name, value, description }: (typeof PRIORITY_CLASSES)[number]): Json {
  return {
    kind: 'PriorityClass',
    apiVersion: 'scheduling.k8s.io/v1',
    metadata: { name, generation: 1 },
    value,
    description,
    preemptionPolicy: 'PreemptLowerPriority',
  };
}

const STORAGE_CLASS: Json = {
  kind: 'StorageClass',
  apiVersion: 'storage.k8s.io/v1',
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: SIMULATED_PROVISIONER,
  volumeBindingMode: 'WaitForFirstConsumer',
  allowVolumeExpansion: true,
};

const API_SERVICE = {
  name: 'kubernetes',
  namespace: 'default',
  labels: { component: 'apiserver', provider: 'kubernetes' },
};

const API_SERVICE_KEY = `${API_SERVICE.namespace}/${API_SERVICE.name}`;

function apiService(): Json {
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: API_SERVICE,
    spec: {
      clusterIP: API_SERVICE_IP,
      clusterIPs: [API_SERVICE_IP],
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }],
    },
    status: { loadBalancer: {} },
  };
}

function apiEndpoints({ host, port }: { host: string; port: number }): Json {
  return {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': 'kubernetes' },
      generation: 1,
    },
    addressType: host.includes(':') ? 'IPv6' : 'IPv4',
    endpoints: [{ addresses: [host], conditions: { ready: true } }],
    ports: [{ name: 'https', protocol: 'TCP', port }],
  };
}

const BOOTSTRAPPING = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const RBAC = 'rbac.authorization.k8s.io';

function role({ name, rules, labels, aggregates }: DefaultRole): Json {
  const aggregationRule = aggregates && { clusterRoleSelectors: [{ matchLabels: { [aggregates]: 'true' } }] };
  const metadata = { name, labels: { ...BOOTSTRAPPING, ...labels } };
  return {
    kind: 'ClusterRole',
    apiVersion: `${RBAC}/v1`,
    metadata,
    ...(aggregationRule && { aggregationRule }),
    rules,
  };
}

function binding({ role: name, subjects }: DefaultBinding): Json {
  return {
    kind: 'ClusterRoleBinding',
    apiVersion: `${RBAC}/v1`,
    metadata: { name, labels: BOOTSTRAPPING },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
    subjects: subjects.map((subject) => ({ apiGroup: RBAC, ...subject })),
  };
}
