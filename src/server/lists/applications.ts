import { APPLICATION_ROW } from '../contract/rows.ts';
import { ownerOf } from './application-sql.ts';
import type { List } from './list.ts';

const META = 'labels, annotations, created_at';
const SOURCES: readonly { readonly needs: readonly string[]; readonly sql: string }[] = [
  {
    needs: ['deployments'],
    sql: `SELECT cluster, namespace, name, 'Deployment' AS kind, replicas AS wished, ready_replicas AS ready,
      updated_replicas AS updated, '' AS release, ${META} FROM deployments`,
  },
  {
    needs: ['stateful_sets'],
    sql: `SELECT cluster, namespace, name, 'StatefulSet' AS kind, replicas AS wished, ready_replicas AS ready,
      updated_replicas AS updated, '' AS release, ${META} FROM stateful_sets`,
  },
  {
    needs: ['daemon_sets'],
    sql: `SELECT cluster, namespace, name, 'DaemonSet' AS kind, desired AS wished, ready, updated, '' AS release, ${META}
      FROM daemon_sets`,
  },
  {
    needs: ['groups__apps_jdos_jd_com', 'releases__apps_jdos_jd_com'],
    // With the newest Release that has not ended.
    sql: `SELECT g.cluster, g.namespace, g.name, 'Group' AS kind, g.desired AS wished, g.ready, g.updated,
        coalesce(r.name, '') AS release, g.labels, g.annotations, g.created_at
      FROM groups__apps_jdos_jd_com g LEFT JOIN (
        SELECT cluster, namespace, "group" AS of, max_by(name, created_at) AS name FROM releases__apps_jdos_jd_com
        WHERE coalesce(phase, 'Pending') NOT IN ('Succeeded', 'RolledBack', 'Superseded', 'Failed')
        GROUP BY cluster, namespace, "group"
      ) r ON r.cluster = g.cluster AND r.namespace = g.namespace AND r.of = g.name`,
  },
];

/** Whatever keeps Pods for somebody, with how many it has: of the kinds that there are and that the reader may see. */
export const applications: List = {
  name: 'applications',
  row: APPLICATION_ROW,
  tables: ['deployments', 'stateful_sets', 'daemon_sets', 'groups', 'releases'],
  key: ['cluster', 'namespace', 'kind', 'name'],
  sort: 'name',
  from: (has) => {
    const seen = SOURCES.filter(({ needs }) => needs.every(has));
    // Where nothing may be seen the question itself says so.
    const asked = seen.length > 0 ? seen : SOURCES.slice(0, 1);
    return `(${asked.map(({ sql }) => sql).join(' UNION ALL ')}) a`;
  },
  columns: {
    cluster: { sql: 'a.cluster', filter: true },
    namespace: { sql: 'a.namespace', search: true, filter: true },
    name: { sql: 'a.name', search: true, filter: true },
    kind: { sql: 'a.kind', filter: true },
    owner: { sql: ownerOf('a'), search: true, filter: true },
    wished: { sql: 'coalesce(a.wished, 0)' },
    ready: { sql: 'coalesce(a.ready, 0)' },
    updated: { sql: 'coalesce(a.updated, 0)' },
    missing: { sql: 'coalesce(a.wished, 0) - coalesce(a.ready, 0)' },
    release: { sql: 'a.release', search: true },
    createdAt: { sql: 'a.created_at' },
  },
};
