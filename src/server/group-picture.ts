/** The Pods of a Group as a picture shows them: how many are in which part of their way, and each of the first ones. */
import { GROUP, ORDINAL, type PodPart, partOf, REVISION, STATE } from '../groups/index.ts';
import type { GroupPicture, PicturedPod } from './contract/group-picture.ts';
import type { Principal } from './roles.ts';
import type { LiveTables, Row } from './routes/lists.ts';

export interface PicturedGroup {
  readonly namespace: string;
  readonly name: string;
  /** Short name of the revision that counts as new. */
  readonly target: string;
}

export const PICTURED_PODS = 1000;

const SIGNS = `CASE WHEN p.deleted_at IS NOT NULL THEN 'Terminating' ELSE coalesce(p.labels['${STATE}'], '') END AS state,
  coalesce(p.labels['${REVISION}'], '') AS revision, coalesce(p.ready, false) AS ready,
  coalesce(p.status_reason, '') AS reason`;
const WHOSE = `p.namespace = $1 AND p.labels['${GROUP}'] = $2`;
const PODS = `SELECT p.name AS name, p.pod_ip AS ip, p.node_name AS host, n.zone AS zone, n.rack AS rack, ${SIGNS}
  FROM pods p LEFT JOIN nodes n ON n.cluster = p.cluster AND n.name = p.node_name WHERE ${WHOSE}
  ORDER BY try_cast(p.labels['${ORDINAL}'] AS INTEGER), p.name LIMIT ${PICTURED_PODS}`;
const COUNTS = `SELECT ${SIGNS}, count(*) AS pods FROM pods p WHERE ${WHOSE} GROUP BY ALL LIMIT ${PICTURED_PODS}`;

export async function groupPicture(
  tables: LiveTables,
  { namespace, name, target }: PicturedGroup,
  reader: Principal,
  signal: AbortSignal,
): Promise<GroupPicture> {
  const ask = (sql: string) => tables.rows(sql, [namespace, name], reader, signal);
  const [pods, counted] = await Promise.all([ask(PODS), ask(COUNTS)]);
  const counts: Partial<Record<PodPart, number>> = {};
  for (const row of counted) {
    const part = partIn(row, target);
    counts[part] = (counts[part] ?? 0) + Number(row.pods);
  }
  return { counts, pods: pods.map((row) => podIn(row, target)) };
}

function partIn({ state, revision, ready, reason }: Row, target: string): PodPart {
  return partOf({ state: String(state), ready: ready === true, isNew: revision === target, waits: String(reason) });
}

function podIn(row: Row, target: string): PicturedPod {
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    name: String(row.name),
    part: partIn(row, target),
    state: String(row.state),
    revision: String(row.revision),
    reason: String(row.reason),
    ready: row.ready === true,
    ip: text(row.ip),
    host: text(row.host),
    zone: text(row.zone),
    rack: text(row.rack),
  };
}
