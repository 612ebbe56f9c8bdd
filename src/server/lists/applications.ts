import type { List } from './list.ts';

/** Whatever keeps Pods for somebody, with how many it has and where. */
export const applications: List = {
  name: 'applications',
  tables: ['deployments', 'stateful_sets', 'daemon_sets', 'pods'],
  key: ['cluster', 'namespace', 'kind', 'name'],
  sort: 'name',
  from: `(
    SELECT cluster, namespace, name, 'Deployment' AS kind, replicas AS wished, ready_replicas AS ready,
      updated_replicas AS updated, labels, created_at FROM deployments
    UNION ALL
    SELECT cluster, namespace, name, 'StatefulSet', replicas, ready_replicas, updated_replicas, labels, created_at
    FROM stateful_sets
    UNION ALL
    SELECT cluster, namespace, name, 'DaemonSet', desired, ready, updated, labels, created_at
    FROM daemon_sets
  ) a`,
  columns: {
    cluster: { sql: 'a.cluster', filter: true },
    namespace: { sql: 'a.namespace', search: true, filter: true },
    name: { sql: 'a.name', search: true },
    kind: { sql: 'a.kind', filter: true },
    owner: { sql: "coalesce(a.labels['app.kubernetes.io/managed-by'], '')", filter: true },
    wished: { sql: 'coalesce(a.wished, 0)' },
    ready: { sql: 'coalesce(a.ready, 0)' },
    updated: { sql: 'coalesce(a.updated, 0)' },
    missing: { sql: 'coalesce(a.wished, 0) - coalesce(a.ready, 0)' },
    createdAt: { sql: 'a.created_at' },
  },
};
