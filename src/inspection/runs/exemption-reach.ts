/** Whom an exemption would concern, by the hosts of the newest run. */
import type { Records } from '../../records/index.ts';
import { type Exemption, exempts } from '../exemption.ts';
import { rank } from '../level.ts';
import type { Subject } from '../subject.ts';
import { latestRun } from './run.ts';

export interface ExemptionReach {
  /** The run that it was looked up in; missing while there was none. */
  readonly run?: number;
  readonly hosts: readonly string[];
  /** Of these, those that fail the check now and would count as Info. */
  readonly failing: readonly string[];
}

export async function exemptionReach(
  records: Records,
  wish: Pick<Exemption, 'check' | 'host' | 'selector'>,
): Promise<ExemptionReach> {
  const run = await latestRun(records);
  if (!run) return { hosts: [], failing: [] };
  const { db } = records;
  const scope = await db.selectFrom('inspect_scope').select('subject').where('run_id', '=', run.id).execute();
  const exemption = { ...wish, id: 0, reason: '', by: '', createdAt: 0, expiresAt: Number.POSITIVE_INFINITY };
  const hosts = scope
    .map(({ subject }) => JSON.parse(subject) as Subject)
    .filter((subject) => exempts(exemption, wish.check, subject, 0))
    .map(({ host }) => host);
  const bad = await db
    .selectFrom('inspect_result')
    .select('host')
    .where('run_id', '=', run.id)
    .where('check_id', '=', wish.check)
    .where('level', '>', rank('info'))
    .execute();
  const failing = new Set(bad.map(({ host }) => host));
  return { run: run.id, hosts, failing: hosts.filter((host) => failing.has(host)) };
}
