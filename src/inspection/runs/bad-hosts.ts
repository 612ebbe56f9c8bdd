/** Hosts with an Error, an Alarm or a Warn, by check, as the newest run that has looked found them. Unknown is not bad. */
import type { Records } from '../../records/index.ts';
import { isBad, LEVELS, rank } from '../level.ts';
import { findRun, latestRun, type Run } from './run.ts';

export interface BadHosts {
  readonly run: Run;
  readonly hosts: readonly string[];
}

const BAD = LEVELS.filter(isBad).map(rank);

/** Undefined when no run that has ended has looked at this check. */
export async function badHosts(records: Records, check: string): Promise<BadHosts | undefined> {
  const row = await records.db
    .selectFrom('inspect_run')
    .select('id')
    .where('state', '!=', 'running')
    .where((where) =>
      where.exists(
        where
          .selectFrom('inspect_result')
          .select('host')
          .whereRef('inspect_result.run_id', '=', 'inspect_run.id')
          .where('check_id', '=', check),
      ),
    )
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  const run = row && (await findRun(records, row.id));
  return run && { run, hosts: (await badIn(records, run, check)).map(({ host }) => host) };
}

/** All of the newest run that has ended; empty when there is none. */
export async function badHostsByCheck(records: Records): Promise<Record<string, string[]>> {
  const run = await latestRun(records);
  const rows = Map.groupBy(run ? await badIn(records, run) : [], ({ check_id }) => check_id);
  return Object.fromEntries([...rows].map(([check, of]) => [check, of.map(({ host }) => host)]));
}

function badIn({ db }: Records, run: Run, check?: string): Promise<{ check_id: string; host: string }[]> {
  let query = db
    .selectFrom('inspect_result')
    .select(['check_id', 'host'])
    .where('run_id', '=', run.id)
    .where('level', 'in', BAD)
    .orderBy('check_id')
    .orderBy('host');
  if (check !== undefined) query = query.where('check_id', '=', check);
  return query.execute();
}
