/** The built-in kinds, in the order in which discovery lists their groups. */
import type { ResourceDefinition } from '../definition.ts';
import {
  mutatingWebhooks,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  validatingWebhooks,
} from './admission-registration.ts';
import { apiServices } from './api-service.ts';
import { configMaps, secrets } from './config.ts';
import { controllerRevisions } from './controller-revision.ts';
import { cronJobs } from './cron-job.ts';
import { daemonSets } from './daemon-set.ts';
import { deployments } from './deployment.ts';
import {
  deviceClasses,
  ipAddresses,
  resourceClaims,
  resourceClaimTemplates,
  resourceSlices,
  serviceCidrs,
} from './dynamic-resources.ts';
import { endpointSlices, endpoints } from './endpoints.ts';
import { events, eventsV1 } from './event.ts';
import { flowSchemas, priorityLevels } from './flow-control.ts';
import { horizontalPodAutoscalers } from './horizontal-pod-autoscaler.ts';
import { horizontalPodAutoscalersV1 } from './horizontal-pod-autoscaler-v1.ts';
import { jobs } from './job.ts';
import { leases } from './lease.ts';
import { limitRanges, resourceQuotas } from './limits.ts';
import { namespaces } from './namespace.ts';
import { ingressClasses, ingresses, networkPolicies } from './networking.ts';
import { nodes } from './node.ts';
import { persistentVolumeClaims, persistentVolumes } from './persistent-volume.ts';
import { pods } from './pod.ts';
import { podDisruptionBudgets } from './pod-disruption-budget.ts';
import { podTemplates } from './pod-template.ts';
import { priorityClasses } from './priority-class.ts';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from './rbac.ts';
import { replicaSets } from './replica-set.ts';
import { replicationControllers } from './replication-controller.ts';
import { runtimeClasses } from './runtime-class.ts';
import { services } from './service.ts';
import { serviceAccounts } from './service-account.ts';
import { statefulSets } from './stateful-set.ts';
import { csiDrivers, csiNodes, csiStorageCapacities, storageClasses, volumeAttachments } from './storage.ts';

const core = [
  configMaps,
  endpoints,
  events,
  limitRanges,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  podTemplates,
  replicationControllers,
  resourceQuotas,
  secrets,
  serviceAccounts,
  services,
];
const workloads = [controllerRevisions, daemonSets, deployments, replicaSets, statefulSets, cronJobs, jobs];
const access = [clusterRoleBindings, clusterRoles, roleBindings, roles];
const storage = [csiDrivers, csiNodes, csiStorageCapacities, storageClasses, volumeAttachments];
const admission = [
  mutatingWebhooks,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  validatingWebhooks,
];

export const builtInKinds: readonly ResourceDefinition[] = [
  ...core,
  apiServices,
  ...workloads,
  eventsV1,
  horizontalPodAutoscalers,
  horizontalPodAutoscalersV1,
  ingressClasses,
  ingresses,
  networkPolicies,
  ipAddresses,
  serviceCidrs,
  podDisruptionBudgets,
  ...access,
  ...storage,
  ...admission,
  priorityClasses,
  leases,
  runtimeClasses,
  endpointSlices,
  flowSchemas,
  priorityLevels,
  deviceClasses,
  resourceClaims,
  resourceClaimTemplates,
  resourceSlices,
];
