/** Results in the records: each of (run, host, check) once, however often it is written. */
import type { Selectable } from 'kysely';
import { type Page, pageOf, type Records, type Tables } from '../../records/index.ts';
import type { Judgement, Result } from '../judge.ts';
import { type Level, levelOf, rank } from '../level.ts';
import type { HostMemory } from '../memory.ts';

export interface HostDone {
  readonly host: string;
  readonly judgement: Judgement;
}

const COLUMNS = 10;
/** SQLite takes 32,766 parameters in one statement. */
const ROWS = Math.floor(32_000 / COLUMNS);

/** All of these hosts' results, what is remembered of them, and that they are through: one write. */
export async function saveResults({ db }: Records, run: number, done: readonly HostDone[], now: number): Promise<void> {
  const rows = done.flatMap(({ judgement }) => judgement.results.map((result) => rowOf(run, result)));
  await db.transaction().execute(async (tx) => {
    for (let at = 0; at < rows.length; at += ROWS) {
      const values = rows.slice(at, at + ROWS);
      await tx
        .insertInto('inspect_result')
        .values(values)
        .onConflict((conflict) => conflict.columns(['run_id', 'check_id', 'host']).doNothing())
        .execute();
    }
    const memories = done.map(({ host, judgement }) => ({
      host,
      memory: JSON.stringify(judgement.memory),
      updated_at: judgement.memory.at,
    }));
    await tx
      .insertInto('inspect_memory')
      .values(memories)
      .onConflict((conflict) =>
        conflict.column('host').doUpdateSet((set) => ({
          memory: set.ref('excluded.memory'),
          updated_at: set.ref('excluded.updated_at'),
        })),
      )
      .execute();
    await tx
      .updateTable('inspect_scope')
      .set({ done_at: now })
      .where('run_id', '=', run)
      .where(
        'host',
        'in',
        done.map(({ host }) => host),
      )
      .execute();
  });
}

export async function memoriesOf({ db }: Records, hosts: readonly string[]): Promise<Map<string, HostMemory>> {
  const found = new Map<string, HostMemory>();
  for (let at = 0; at < hosts.length; at += ROWS) {
    const some = hosts.slice(at, at + ROWS);
    const rows = await db.selectFrom('inspect_memory').select(['host', 'memory']).where('host', 'in', some).execute();
    for (const { host, memory } of rows) found.set(host, JSON.parse(memory) as HostMemory);
  }
  return found;
}

export interface ResultQuery {
  readonly check?: string;
  readonly level?: Level;
  readonly host?: string;
  /** Only Error, Alarm, Warn and Unknown. */
  readonly bad?: boolean;
  readonly limit?: number;
  readonly after?: string;
}

/** By check and host. */
export function listResults({ db }: Records, run: number, query: ResultQuery = {}): Promise<Page<Result>> {
  const { check, level, host, bad, limit = 200, after } = query;
  const read = async (count: number) => {
    let select = db
      .selectFrom('inspect_result')
      .selectAll()
      .where('run_id', '=', run)
      .orderBy('check_id')
      .orderBy('host');
    if (check !== undefined) select = select.where('check_id', '=', check);
    if (level !== undefined) select = select.where('level', '=', rank(level));
    if (host !== undefined) select = select.where('host', '=', host);
    if (bad) select = select.where('level', '>', rank('info'));
    if (after !== undefined) {
      const [atCheck, atHost] = JSON.parse(after) as [string, string];
      select = select.where((where) =>
        where.or([
          where('check_id', '>', atCheck),
          where.and([where('check_id', '=', atCheck), where('host', '>', atHost)]),
        ]),
      );
    }
    return (await select.limit(count).execute()).map(resultOf);
  };
  return pageOf(read, limit, (result) => JSON.stringify([result.check, result.host]));
}

function rowOf(run: number, result: Result) {
  const { raw, exempted, ...params } = result.params;
  const evidence = { ...(raw !== undefined && { raw }), ...(exempted !== undefined && { exempted }) };
  return {
    run_id: run,
    check_id: result.check,
    host: result.host,
    level: rank(result.level),
    value: result.value ?? null,
    finding: result.finding,
    params: JSON.stringify(params),
    evidence: Object.keys(evidence).length > 0 ? JSON.stringify(evidence) : '',
    exemption_id: result.exemption ?? null,
    read_at: Math.round(result.readAt),
  };
}

export function resultOf(row: Selectable<Tables['inspect_result']>): Result {
  const evidence = row.evidence === '' ? {} : (JSON.parse(row.evidence) as Result['params']);
  return {
    check: row.check_id,
    host: row.host,
    level: levelOf(row.level),
    finding: row.finding,
    params: { ...(JSON.parse(row.params) as Result['params']), ...evidence },
    ...(row.value !== null && { value: row.value }),
    ...(row.exemption_id !== null && { exemption: row.exemption_id }),
    readAt: row.read_at,
  };
}
