/** What inspections have found on one host, run after run; and the worst that one run found on each of some hosts. */
import { sql } from 'kysely';
import { type Page, pageOf, type Records } from '../../records/index.ts';
import type { Result } from '../judge.ts';
import { LEVELS, type Level, levelOf, rank } from '../level.ts';
import { resultOf } from './result-store.ts';
import { findRun, type Run, STEP } from './run.ts';

export interface HostRun {
  readonly run: Run;
  readonly counts: Readonly<Record<Level, number>>;
  /** Everything but Info. */
  readonly findings: readonly Result[];
}

/** Newest run first. */
export function hostHistory(
  records: Records,
  host: string,
  { limit = 10, after }: { readonly limit?: number; readonly after?: string } = {},
): Promise<Page<HostRun>> {
  const read = async (count: number) => {
    let query = records.db.selectFrom('inspect_result').select('run_id').distinct().where('host', '=', host);
    if (after !== undefined) query = query.where('run_id', '<', Number(after));
    const runs = await query.orderBy('run_id', 'desc').limit(count).execute();
    const told = await Promise.all(runs.map(({ run_id }) => hostRun(records, host, run_id)));
    return told.filter((run) => run !== undefined);
  };
  return pageOf(read, limit, ({ run }) => String(run.id));
}

/** Undefined when the run has been taken away meanwhile. */
async function hostRun(records: Records, host: string, id: number): Promise<HostRun | undefined> {
  const run = await findRun(records, id);
  if (!run) return undefined;
  const results = await records.db
    .selectFrom('inspect_result')
    .selectAll()
    .where('host', '=', host)
    .where('run_id', '=', id)
    .execute();
  const of = (level: Level) => results.filter((result) => result.level === rank(level)).length;
  const counts = Object.fromEntries(LEVELS.map((level) => [level, of(level)])) as Record<Level, number>;
  const findings = results.filter(({ level }) => level > rank('info')).map(resultOf);
  return { run, counts, findings };
}

/** Of the hosts named; those of which all was well are left out. */
export async function levelsOf(
  { db }: Records,
  run: number,
  hosts: readonly string[],
): Promise<ReadonlyMap<string, Level>> {
  const found = new Map<string, Level>();
  for (let at = 0; at < hosts.length; at += STEP) {
    const rows = await db
      .selectFrom('inspect_result')
      // Unknown is the highest number and yet says less than any other.
      .select(['host', sql<number>`max(level % ${rank('unknown')})`.as('level')])
      .where('run_id', '=', run)
      .where('host', 'in', hosts.slice(at, at + STEP))
      .where('level', '>', rank('info'))
      .groupBy('host')
      .execute();
    for (const { host, level } of rows) found.set(host, Number(level) === 0 ? 'unknown' : levelOf(Number(level)));
  }
  return found;
}
