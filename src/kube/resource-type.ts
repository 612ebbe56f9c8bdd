/** A kind of object and where an API server keeps it. */

import type * as o from './object.ts';
import type { KubeObject } from './object.ts';

/** `T` is carried in the type only, so that `client.get(PODS, …)` answers a Pod. */
export interface ResourceType<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  /** Lower-case plural as in the path: `pods`. */
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly object?: T;
}

export function resourceType<T extends KubeObject>(
  apiVersion: string,
  kind: string,
  plural: string,
  namespaced = true,
): ResourceType<T> {
  const slash = apiVersion.indexOf('/');
  const [group, version] = slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
  return Object.freeze({ group, version, plural, kind, namespaced });
}

/** `v1` or `apps/v1`. */
export function apiVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/** The request path of a collection or of one object: `/apis/apps/v1/namespaces/default/deployments/web/scale`. */
export function pathOf(
  type: ResourceType,
  at: { namespace?: string; name?: string; subresource?: string } = {},
): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const scope = type.namespaced && at.namespace ? `/namespaces/${encodeURIComponent(at.namespace)}` : '';
  const name = at.name === undefined ? '' : `/${encodeURIComponent(at.name)}`;
  return `${root}${scope}/${type.plural}${name}${at.subresource ? `/${at.subresource}` : ''}`;
}

export const PODS = resourceType<o.Pod>('v1', 'Pod', 'pods');
export const NODES = resourceType<o.Node>('v1', 'Node', 'nodes', false);
export const NAMESPACES = resourceType<o.Namespace>('v1', 'Namespace', 'namespaces', false);
export const SERVICES = resourceType<o.Service>('v1', 'Service', 'services');
export const SERVICE_ACCOUNTS = resourceType<o.ServiceAccount>('v1', 'ServiceAccount', 'serviceaccounts');
export const SECRETS = resourceType<o.Secret>('v1', 'Secret', 'secrets');
export const CONFIG_MAPS = resourceType<o.ConfigMap>('v1', 'ConfigMap', 'configmaps');
export const EVENTS = resourceType<o.CoreEvent>('v1', 'Event', 'events');
export const PERSISTENT_VOLUMES = resourceType<o.PersistentVolume>(
  'v1',
  'PersistentVolume',
  'persistentvolumes',
  false,
);
export const PERSISTENT_VOLUME_CLAIMS = resourceType<o.PersistentVolumeClaim>(
  'v1',
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
);
export const DEPLOYMENTS = resourceType<o.Deployment>('apps/v1', 'Deployment', 'deployments');
export const REPLICA_SETS = resourceType<o.ReplicaSet>('apps/v1', 'ReplicaSet', 'replicasets');
export const STATEFUL_SETS = resourceType<o.StatefulSet>('apps/v1', 'StatefulSet', 'statefulsets');
export const DAEMON_SETS = resourceType<o.DaemonSet>('apps/v1', 'DaemonSet', 'daemonsets');
export const CONTROLLER_REVISIONS = resourceType<o.ControllerRevision>(
  'apps/v1',
  'ControllerRevision',
  'controllerrevisions',
);
export const JOBS = resourceType<o.Job>('batch/v1', 'Job', 'jobs');
export const CRON_JOBS = resourceType<o.CronJob>('batch/v1', 'CronJob', 'cronjobs');
export const LEASES = resourceType<o.Lease>('coordination.k8s.io/v1', 'Lease', 'leases');
export const ENDPOINT_SLICES = resourceType<o.EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices');
export const POD_DISRUPTION_BUDGETS = resourceType<o.PodDisruptionBudget>(
  'policy/v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
);
export const PRIORITY_CLASSES = resourceType<o.PriorityClass>(
  'scheduling.k8s.io/v1',
  'PriorityClass',
  'priorityclasses',
  false,
);
export const STORAGE_CLASSES = resourceType<o.StorageClass>(
  'storage.k8s.io/v1',
  'StorageClass',
  'storageclasses',
  false,
);
