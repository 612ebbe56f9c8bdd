/** What has changed between two runs. */
import type { Records } from '../../records/index.ts';
import { orderOf } from '../judge.ts';
import { isBad, type Level, levelOf, rank } from '../level.ts';
import type { Run } from './run.ts';

export interface Change {
  readonly check: string;
  readonly host: string;
  /** Missing where the host was not in that run. */
  readonly from?: Level;
  readonly to?: Level;
}

export interface Diff {
  /** Bad now and not before. */
  readonly new: readonly Change[];
  /** Bad before and healthy now: what is unknown now is not fixed. */
  readonly fixed: readonly Change[];
  readonly worse: readonly Change[];
  readonly better: readonly Change[];
}

export async function diffOf(records: Records, before: Run, after: Run): Promise<Diff> {
  const [old, fresh] = await Promise.all([before, after].map((run) => notHealthy(records, run)));
  const [oldHosts, freshHosts] = await Promise.all([before, after].map((run) => hostsOf(records, run)));
  const keys = [...new Set([...old!.keys(), ...fresh!.keys()])];
  const changes = keys.map((key): Change => {
    const [check, host] = JSON.parse(key) as [string, string];
    const from = oldHosts!.has(host) ? (old!.get(key) ?? 'info') : undefined;
    const to = freshHosts!.has(host) ? (fresh!.get(key) ?? 'info') : undefined;
    return { check, host, ...(from && { from }), ...(to && { to }) };
  });
  const sorted = changes.toSorted((a, b) => orderOf(a.check) - orderOf(b.check) || (a.host < b.host ? -1 : 1));
  const bad = (level: Level | undefined) => level !== undefined && isBad(level);
  const both = sorted.filter(({ from, to }) => bad(from) && bad(to));
  return {
    new: sorted.filter(({ from, to }) => !bad(from) && bad(to)),
    fixed: sorted.filter(({ from, to }) => bad(from) && to === 'info'),
    worse: both.filter(({ from, to }) => rank(to!) > rank(from!)),
    better: both.filter(({ from, to }) => rank(to!) < rank(from!)),
  };
}

async function notHealthy({ db }: Records, run: Run): Promise<Map<string, Level>> {
  const rows = await db
    .selectFrom('inspect_result')
    .select(['check_id', 'host', 'level'])
    .where('run_id', '=', run.id)
    .where('level', '>', rank('info'))
    .execute();
  return new Map(rows.map(({ check_id, host, level }) => [JSON.stringify([check_id, host]), levelOf(level)]));
}

async function hostsOf({ db }: Records, run: Run): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('inspect_scope').select('host').where('run_id', '=', run.id).execute();
  return new Set(rows.map((row) => row.host));
}
