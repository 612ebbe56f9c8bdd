/** The kinds that have columns of their own; every other kind gets the general ones. */
import type { KindTable } from '../kind-table.ts';
import { events, namespaces, podDisruptionBudgets } from './cluster.ts';
import { configMaps, secrets } from './configuration.ts';
import { nodes } from './nodes.ts';
import { pods } from './pods.ts';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from './rights.ts';
import { endpointSlices, services } from './services.ts';
import { persistentVolumeClaims, persistentVolumes } from './storage.ts';
import { cronJobs, daemonSets, deployments, jobs, replicaSets, statefulSets } from './workloads.ts';

export const KINDS: readonly KindTable[] = [
  pods,
  nodes,
  namespaces,
  deployments,
  replicaSets,
  statefulSets,
  daemonSets,
  jobs,
  cronJobs,
  services,
  endpointSlices,
  configMaps,
  secrets,
  persistentVolumeClaims,
  persistentVolumes,
  podDisruptionBudgets,
  events,
  roles,
  clusterRoles,
  roleBindings,
  clusterRoleBindings,
];
