import { PENDING_ROW } from '../contract/rows.ts';
import type { List } from './list.ts';

/** Pods that no host has taken yet, and what the scheduler says of each. */
export const pending: List = {
  name: 'pending',
  row: PENDING_ROW,
  tables: ['pods', 'pod_conditions'],
  key: ['cluster', 'namespace', 'name'],
  sort: 'createdAt',
  from: `(SELECT * FROM pods WHERE phase = 'Pending' AND coalesce(node_name, '') = '') p
    LEFT JOIN (SELECT cluster, pod_uid, reason, message FROM pod_conditions WHERE type = 'PodScheduled') c
    ON c.cluster = p.cluster AND c.pod_uid = p.uid`,
  columns: {
    cluster: { sql: 'p.cluster', filter: true },
    namespace: { sql: 'p.namespace', search: true, filter: true },
    name: { sql: 'p.name', search: true },
    owner: { sql: 'p.owner_name', search: true, filter: true },
    reason: { sql: "coalesce(c.reason, '')", filter: true },
    message: { sql: "coalesce(c.message, '')", search: true },
    scheduler: { sql: 'p.scheduler_name', filter: true },
    priority: { sql: 'p.priority' },
    cpuRequest: { sql: 'p.cpu_request' },
    memoryRequest: { sql: 'p.memory_request' },
    createdAt: { sql: 'p.created_at' },
  },
};
