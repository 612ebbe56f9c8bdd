import { POD_ROW } from '../contract/rows.ts';
import { APPLICATION } from './application-sql.ts';
import type { List } from './list.ts';

export const pods: List = {
  name: 'pods',
  row: POD_ROW,
  tables: ['pods'],
  key: ['cluster', 'namespace', 'name'],
  sort: 'name',
  from: 'pods p',
  columns: {
    cluster: { sql: 'p.cluster', filter: true },
    namespace: { sql: 'p.namespace', search: true, filter: true },
    name: { sql: 'p.name', search: true },
    uid: { sql: 'p.uid', search: true },
    node: { sql: 'p.node_name', search: true, filter: true },
    ip: { sql: 'p.pod_ip', search: true },
    phase: { sql: 'p.phase', filter: true },
    reason: { sql: 'p.status_reason', filter: true },
    ready: { sql: 'p.ready', filter: true },
    restarts: { sql: 'p.restart_count' },
    ownerKind: { sql: 'p.owner_kind', filter: true },
    application: { sql: APPLICATION, search: true, filter: true },
    owner: { sql: 'p.owner_name', search: true, filter: true },
    cpuRequest: { sql: 'p.cpu_request' },
    cpuLimit: { sql: 'p.cpu_limit' },
    memoryRequest: { sql: 'p.memory_request' },
    memoryLimit: { sql: 'p.memory_limit' },
    createdAt: { sql: 'p.created_at' },
  },
};
