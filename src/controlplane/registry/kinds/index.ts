/** The built-in kinds, in the order in which discovery lists their groups. */
import type { ResourceDefinition } from '../definition.ts';
import { configMaps, secrets } from './config.ts';
import { daemonSets } from './daemon-set.ts';
import { deployments } from './deployment.ts';
import { events, eventsV1 } from './event.ts';
import { jobs } from './job.ts';
import { leases } from './lease.ts';
import { namespaces } from './namespace.ts';
import { nodes } from './node.ts';
import { pods } from './pod.ts';
import { replicaSets } from './replica-set.ts';
import { replicationControllers } from './replication-controller.ts';
import { services } from './service.ts';
import { serviceAccounts } from './service-account.ts';
import { statefulSets } from './stateful-set.ts';

export { fromEventsV1, toEventsV1 } from './event.ts';

export const builtInKinds: readonly ResourceDefinition[] = [
  configMaps,
  events,
  namespaces,
  nodes,
  pods,
  replicationControllers,
  secrets,
  serviceAccounts,
  services,
  daemonSets,
  deployments,
  replicaSets,
  statefulSets,
  jobs,
  leases,
  eventsV1,
];
