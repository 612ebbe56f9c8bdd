/** The shapes in which Kubernetes objects travel: raw JSON as an API server answers it, times as RFC 3339 strings. */
import type * as apps from 'kubernetes-types/apps/v1.d.ts';
import type * as batch from 'kubernetes-types/batch/v1.d.ts';
import type * as coordination from 'kubernetes-types/coordination/v1.d.ts';
import type * as core from 'kubernetes-types/core/v1.d.ts';
import type * as discovery from 'kubernetes-types/discovery/v1.d.ts';
import type * as policy from 'kubernetes-types/policy/v1.d.ts';
import type * as scheduling from 'kubernetes-types/scheduling/v1.d.ts';
import type * as storage from 'kubernetes-types/storage/v1.d.ts';

/** `metadata` of an object that a server has accepted. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  generateName?: string;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: unknown[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Any object as served: the fields every kind has. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

/** What one may send: like T, but names and versions may still be missing. */
export type Draft<T extends KubeObject> = Omit<T, 'metadata'> & { metadata: Partial<ObjectMeta> };

/** T of `kubernetes-types` as a server answers it: metadata always there, spec too where the kind has one. */
export type Served<T> = Omit<T, 'metadata' | 'spec' | 'apiVersion' | 'kind'> & KubeObject & SpecOf<T>;
type SpecOf<T> = T extends { spec?: infer S } ? { spec: NonNullable<S> } : unknown;

export type Pod = Served<core.Pod>;
export type Node = Served<core.Node>;
export type Namespace = Served<core.Namespace>;
export type Service = Served<core.Service>;
export type ServiceAccount = Served<core.ServiceAccount>;
export type Secret = Served<core.Secret>;
export type ConfigMap = Served<core.ConfigMap>;
export type PersistentVolume = Served<core.PersistentVolume>;
export type PersistentVolumeClaim = Served<core.PersistentVolumeClaim>;
export type CoreEvent = Served<core.Event>;
export type Deployment = Served<apps.Deployment>;
export type ReplicaSet = Served<apps.ReplicaSet>;
export type StatefulSet = Served<apps.StatefulSet>;
export type DaemonSet = Served<apps.DaemonSet>;
export type ControllerRevision = Served<apps.ControllerRevision>;
export type Job = Served<batch.Job>;
export type CronJob = Served<batch.CronJob>;
export type Lease = Served<coordination.Lease>;
export type EndpointSlice = Served<discovery.EndpointSlice>;
export type PodDisruptionBudget = Served<policy.PodDisruptionBudget>;
export type PriorityClass = Served<scheduling.PriorityClass>;
export type StorageClass = Served<storage.StorageClass>;
export type { apps, batch, coordination, core, discovery, policy, scheduling, storage };

/** `namespace/name`, or `name` alone for cluster-scoped objects: the key of stores and work queues. */
export function keyOf(object: { metadata: { namespace?: string; name: string } }): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

/** Inverse of {@link keyOf}. */
export function splitKey(key: string): { namespace?: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
