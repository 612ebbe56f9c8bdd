import { RELEASES_ROW } from '../contract/rows.ts';
import type { List } from './list.ts';

const TABLE = 'releases__apps_jdos_jd_com';
const NONE = `(SELECT '' AS cluster, '' AS namespace, '' AS name, '' AS "group", '' AS phase, '' AS step, '' AS updated,
  '' AS waits_for, NULL AS created_at WHERE false)`;

/** Releases of Groups, those that have not ended first. None where the cluster has no such kind. */
export const releases: List = {
  name: 'releases',
  row: RELEASES_ROW,
  tables: ['releases'],
  key: ['cluster', 'namespace', 'name'],
  sort: '-running',
  from: (has) => `${has(TABLE) ? TABLE : NONE} r`,
  columns: {
    cluster: { sql: 'r.cluster', filter: true },
    namespace: { sql: 'r.namespace', search: true, filter: true },
    name: { sql: 'r.name', search: true, filter: true },
    group: { sql: 'r."group"', search: true, filter: true },
    phase: { sql: "coalesce(r.phase, 'Pending')", filter: true },
    running: {
      sql: "coalesce(r.phase, 'Pending') NOT IN ('Succeeded', 'RolledBack', 'Superseded', 'Failed')",
      filter: true,
    },
    step: { sql: 'r.step' },
    updated: { sql: 'r.updated' },
    message: { sql: 'r.waits_for' },
    createdAt: { sql: 'r.created_at' },
  },
};
