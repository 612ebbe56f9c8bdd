/**
 * What a run has to say to whoever is on call: one signal for a host that does not answer instead of twenty, one for a
 * check that much of a zone fails instead of one a host. What they cover is told, too, and by what it is covered.
 */
import type { Records } from '../../records/index.ts';
import { levelOf, rank } from '../level.ts';
import { type Subject, zoneOf } from '../subject.ts';
import { systemicOf } from './brief.ts';
import type { Run } from './run.ts';

export type Severity = 'critical' | 'high' | 'warning';

export interface Signal {
  readonly name: 'HostUnreachable' | 'InspectionSystemic' | 'InspectionFailed';
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  /** The signal that says more of the same; who listens need not be told of this one. */
  readonly inhibitedBy?: 'InspectionSystemic';
}

const SEVERITIES: Readonly<Record<string, Severity>> = { error: 'critical', alarm: 'high', warn: 'warning' };
const SILENT = ['unreachable', 'timeout', 'stale', 'malformed'];

export async function signalsOf(records: Records, run: Run): Promise<Signal[]> {
  const systemic = await systemicOf(records, run);
  const covered = new Set(systemic.map(({ check, zone }) => JSON.stringify([check, zone])));
  const scope = await records.db
    .selectFrom('inspect_scope')
    .select(['host', 'subject'])
    .where('run_id', '=', run.id)
    .execute();
  const zones = new Map(scope.map(({ host, subject }) => [host, zoneOf(JSON.parse(subject) as Subject)]));
  const rows = await records.db
    .selectFrom('inspect_result')
    .select(['check_id', 'host', 'level', 'finding'])
    .where('run_id', '=', run.id)
    .where('level', '>', rank('info'))
    .orderBy('host')
    .orderBy('check_id')
    .execute();
  const silent = new Set(rows.filter((row) => SILENT.includes(row.finding)).map((row) => row.host));
  const unreachable = [...silent].map(
    (host): Signal => ({ name: 'HostUnreachable', severity: 'critical', labels: { node: host } }),
  );
  const wide = systemic.map(
    ({ check, zone }): Signal => ({ name: 'InspectionSystemic', severity: 'critical', labels: { check, zone } }),
  );
  const failed = rows.flatMap(({ check_id: check, host, level }): Signal[] => {
    const severity = SEVERITIES[levelOf(level)];
    if (!severity) return [];
    const inhibitedBy = covered.has(JSON.stringify([check, zones.get(host) ?? ''])) ? 'InspectionSystemic' : undefined;
    const labels = { check, node: host };
    return [{ name: 'InspectionFailed', severity, labels, ...(inhibitedBy && { inhibitedBy }) }];
  });
  return [...unreachable, ...wide, ...failed];
}
