/** The brief of a run: a row a check, and in it every host of the scope exactly once. */
import type { Records } from '../../records/index.ts';
import { CHECKS } from '../checks/index.ts';
import { checkOf, orderOf } from '../judge.ts';
import { type Level, rank } from '../level.ts';
import { type Subject, zoneOf } from '../subject.ts';
import type { Text } from '../text.ts';
import type { Run } from './run.ts';

export interface BriefRow extends Readonly<Record<Level, number>> {
  readonly check: string;
  readonly name: Text;
  /** Of those counted as Info. */
  readonly exempted: number;
}

export interface Brief {
  readonly run: Run;
  readonly rows: readonly BriefRow[];
  /** 0 to 100: the mean of the rows' shares of healthy hosts among those known. */
  readonly score: number;
  readonly grade: string;
  readonly systemic: readonly Systemic[];
}

/** So much of a zone fails one check that the hosts are hardly to blame: one finding instead of many. */
export interface Systemic {
  readonly check: string;
  readonly zone: string;
  readonly hosts: number;
  readonly of: number;
}

export async function briefOf(records: Records, run: Run): Promise<Brief> {
  const counts = await records.db
    .selectFrom('inspect_result')
    .select((select) => [
      'check_id',
      'level',
      select.fn.countAll<number>().as('hosts'),
      select.fn.count<number>('exemption_id').as('exempted'),
    ])
    .where('run_id', '=', run.id)
    .groupBy(['check_id', 'level'])
    .execute();
  const ids = run.spec.checks ?? CHECKS.map((check) => check.id);
  const all = [
    ...new Set([...CHECKS.map((check) => check.id).filter((id) => ids.includes(id)), ...counts.map((c) => c.check_id)]),
  ];
  const rows = all.map((id): BriefRow => {
    const of = counts.filter((count) => count.check_id === id);
    const hosts = (level: Level) => Number(of.find((count) => count.level === rank(level))?.hosts ?? 0);
    const exempted = of.reduce((sum, count) => sum + Number(count.exempted), 0);
    const levels = { error: hosts('error'), alarm: hosts('alarm'), warn: hosts('warn'), info: hosts('info') };
    return { check: id, name: checkOf(id).name, ...levels, unknown: hosts('unknown'), exempted };
  });
  rows.sort((a, b) => orderOf(a.check) - orderOf(b.check) || (a.check < b.check ? -1 : 1));
  const score = scoreOf(rows);
  return { run, rows, score, grade: gradeOf(score, rows), systemic: await systemicOf(records, run) };
}

export function scoreOf(rows: readonly BriefRow[]): number {
  const shares = rows.map((row) => {
    const known = row.error + row.alarm + row.warn + row.info;
    return known === 0 ? undefined : row.info / known;
  });
  const told = shares.filter((share) => share !== undefined);
  if (told.length === 0) return 0;
  return Math.round((told.reduce((sum, share) => sum + share, 0) / told.length) * 1000) / 10;
}

const GRADES = [
  ['A', 90],
  ['B', 80],
  ['C', 70],
  ['D', 60],
  ['E', 50],
] as const;

/** An Error is not averaged away: with one the grade is C at best. */
export function gradeOf(score: number, rows: readonly BriefRow[]): string {
  const grade = GRADES.find(([, least]) => score >= least)?.[0] ?? 'F';
  return rows.some((row) => row.error > 0) && grade < 'C' ? 'C' : grade;
}

const SYSTEMIC_SHARE = 0.3;
/** In a zone of two hosts one bad host is no pattern. */
const SYSTEMIC_LEAST = 3;

export async function systemicOf({ db }: Records, run: Run): Promise<Systemic[]> {
  const scope = await db.selectFrom('inspect_scope').select(['host', 'subject']).where('run_id', '=', run.id).execute();
  const zones = new Map(scope.map(({ host, subject }) => [host, zoneOf(JSON.parse(subject) as Subject)]));
  const sizes = new Map<string, number>();
  for (const zone of zones.values()) sizes.set(zone, (sizes.get(zone) ?? 0) + 1);
  const bad = await db
    .selectFrom('inspect_result')
    .select(['check_id', 'host', 'level'])
    .where('run_id', '=', run.id)
    .where('level', 'in', (['warn', 'alarm', 'error'] as const).map(rank))
    .execute();
  const groups = Map.groupBy(bad, ({ check_id, host }) => JSON.stringify([check_id, zones.get(host) ?? '']));
  const found = [...groups].flatMap(([key, members]): Systemic[] => {
    const [check, zone] = JSON.parse(key) as [string, string];
    const of = sizes.get(zone) ?? 0;
    const many = members.length >= SYSTEMIC_LEAST && members.length >= of * SYSTEMIC_SHARE;
    return many ? [{ check, zone, hosts: members.length, of }] : [];
  });
  return found.toSorted((a, b) => orderOf(a.check) - orderOf(b.check) || (a.zone < b.zone ? -1 : 1));
}
