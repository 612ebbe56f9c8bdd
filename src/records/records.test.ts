/** One suite for both engines. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VirtualClock } from '../kube/index.ts';
import { type AuditEntry, appendAudit, listAudit, verifyAudit } from './audit.ts';
import { migrate } from './migration.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { pageOf } from './page.ts';
import { startPostgres, type TestPostgres } from './postgres.testing.ts';
import { openRecords, type Records } from './records.ts';
import { keepRetention, sweep } from './retention.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
let postgres: TestPostgres;
const dirs: string[] = [];
let places = 0;

beforeAll(async () => {
  postgres = await startPostgres();
}, 180_000);
afterAll(async () => {
  await postgres?.stop();
  for (const dir of dirs) rmSync(dir, { recursive: true });
});

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'jdos-records-'));
  dirs.push(dir);
  return dir;
}

const entry = (n: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  at: NOW + n,
  actor: 'wang',
  action: 'maintenance.start',
  object: `host/h${n % 3}`,
  ...more,
});

describe.each([
  ['SQLite', 'sqlite', newDir],
  ['PostgreSQL', 'postgres', () => postgres.database(`r${places++}`)],
] as const)('records in %s', (_, engine, newPlace) => {
  let place: string;
  let records: Records;
  beforeAll(async () => {
    place = newPlace();
    records = await openRecords(place);
  });
  afterAll(() => records?.close());

  const tamper = async (on: Records, statement: string) => {
    const db = on.db;
    await db.connection().execute(async (c) => {
      if (engine === 'postgres') await sql`set session_replication_role = replica`.execute(c);
      else await sql`drop trigger audit_no_update`.execute(c).then(() => sql`drop trigger audit_no_delete`.execute(c));
      await sql.raw(statement).execute(c);
      if (engine === 'postgres') await sql`reset session_replication_role`.execute(c);
    });
  };

  it('knows its engine', () => expect(records.engine).toBe(engine));

  it('open again with what was written', async () => {
    await appendAudit(records, entry(1));
    await using again = await openRecords(place);
    expect((await listAudit(again)).items).toHaveLength(1);
  });

  it('give times and counts back as numbers, texts of any script as they were, and fractions exactly', async () => {
    const at = 9_007_199_254_740_991;
    const run = { plan: '每日巡检', due_at: at, made_by: '王 \u0001 "; drop table audit; --', state: 'running' };
    const made = await records.db
      .insertInto('inspect_run')
      .values({ ...run, started_at: 1, deadline_at: 2, scope: 90, spec: '{"a":[1]}' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const read = records.db.selectFrom('inspect_run').selectAll().where('id', '=', made.id);
    expect(await read.executeTakeFirst()).toEqual({
      ...run,
      id: expect.any(Number),
      started_at: 1,
      deadline_at: 2,
      finished_at: null,
      scope: 90,
      spec: '{"a":[1]}',
      worker: null,
      worker_until: null,
    });
    const result = { run_id: made.id, check_id: 'load', host: 'h', level: 2, value: 0.1 + 0.2, finding: 'x' };
    await records.db
      .insertInto('inspect_result')
      .values({ ...result, params: '{}', evidence: '', read_at: at })
      .execute();
    expect((await records.db.selectFrom('inspect_result').select('value').executeTakeFirst())?.value).toBe(0.1 + 0.2);
  });

  it('refuse what is no text, number, bytes or null, or lose nothing of it', async () => {
    const value = { plan: 'p', due_at: 1, made_by: undefined as unknown as string, state: 's' };
    const insert = records.db
      .insertInto('inspect_run')
      .values({ ...value, started_at: 1, deadline_at: 1, scope: 1, spec: '' });
    await expect(insert.execute()).rejects.toThrow();
  });

  it('let one of two have a key that is there once', async () => {
    const values = { plan: 'once', due_at: 7, made_by: 'a', state: 'running', started_at: 1, deadline_at: 1, scope: 1 };
    const insert = () =>
      records.db
        .insertInto('inspect_run')
        .values({ ...values, spec: '' })
        .onConflict((c) => c.columns(['plan', 'due_at']).doNothing())
        .returning('id')
        .executeTakeFirst();
    expect([await insert(), await insert()]).toEqual([{ id: expect.any(Number) }, undefined]);
  });

  it('undo a transaction that fails, its audit included', async () => {
    const before = (await verifyAudit(records)).entries;
    const failing = records.db.transaction().execute(async (tx) => {
      await appendAudit(records, entry(5), tx);
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect((await verifyAudit(records)).entries).toBe(before);
  });

  it('come to shape once when several open them at the same moment, and keep one chain of all their writes', async () => {
    const shared = newPlace();
    const all = await Promise.all(Array.from({ length: 4 }, () => openRecords(shared)));
    await Promise.all(all.flatMap((one, i) => [1, 2, 3].map((n) => appendAudit(one, entry(n, { actor: `w${i}` })))));
    expect(await verifyAudit(all[0]!)).toMatchObject({ entries: 12, head: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await verifyAudit(all[0]!)).broken).toBeUndefined();
    await Promise.all(all.map((one) => one.close()));
  });

  it('list page by page without gap or repetition while rows come in', async () => {
    await using own = await openRecords(newPlace());
    for (let n = 0; n < 10; n++) await appendAudit(own, entry(n));
    const seen: number[] = [];
    let after: string | undefined;
    do {
      const page = await listAudit(own, { limit: 3, ...(after && { after }) });
      seen.push(...page.items.map((row) => row.seq));
      after = page.next;
      await appendAudit(own, entry(100));
    } while (after);
    expect(seen).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    const ofHost = await listAudit(own, { object: 'host/h2', limit: 2 });
    expect(ofHost.items.map((row) => row.object)).toEqual(['host/h2', 'host/h2']);
  });

  it('refuse to change or take away a row of the audit', async () => {
    await expect(sql`update audit set actor = 'li'`.execute(records.db)).rejects.toThrow(/never changed/);
    await expect(sql`delete from audit`.execute(records.db)).rejects.toThrow(/never changed/);
    if (engine === 'postgres') await expect(sql`truncate audit`.execute(records.db)).rejects.toThrow(/never changed/);
  });

  it.each([
    ['a row was changed', `update audit set actor = 'li' where seq = 2`, { seq: 2, why: 'its content was changed' }],
    ['a row is gone', 'delete from audit where seq = 2', { seq: 2, why: 'the row is missing' }],
    ['rows are cut off', 'delete from audit where seq > 1', { seq: 2, why: /expected head/ }],
    [
      'a row was made anew with a hash of its own',
      `update audit set detail = '{"x":1}', hash = 'ab' where seq = 1`,
      { seq: 1, why: 'its content was changed' },
    ],
  ])('tell of an audit that was tampered with: %s', async (__, statement, broken) => {
    await using own = await openRecords(newPlace());
    for (let n = 1; n <= 3; n++) await appendAudit(own, entry(n));
    const { head } = await verifyAudit(own);
    await tamper(own, statement);
    const { why, seq } = (await verifyAudit(own, { expected: head })).broken!;
    expect(seq).toBe(broken.seq);
    expect(why).toMatch(broken.why);
  });

  it('keep for as many days as the rule says, and not a row less', async () => {
    await using own = await openRecords(newPlace());
    const plan = (name: string, updated_at: number) => ({ name, spec: '{}', created_at: 0, updated_at });
    const old = Array.from({ length: 2100 }, (__, i) => plan(`old${i}`, NOW - 8 * DAY));
    for (let i = 0; i < old.length; i += 100)
      await own.db
        .insertInto('inspect_plan')
        .values(old.slice(i, i + 100))
        .execute();
    await own.db
      .insertInto('inspect_plan')
      .values([plan('edge', NOW - 7 * DAY), plan('new', NOW)])
      .execute();
    const rule = { table: 'inspect_plan', column: 'updated_at', days: 7 } as const;
    expect(await sweep(own, [rule], NOW)).toBe(2100);
    expect(
      (await own.db.selectFrom('inspect_plan').select('name').orderBy('name').execute()).map((r) => r.name),
    ).toEqual(['edge', 'new']);
    const clock = new VirtualClock(NOW + 3 * DAY);
    const stop = new AbortController();
    const kept = keepRetention(own, { rules: [rule], signal: stop.signal, clock, periodMs: 1000 });
    await expect.poll(async () => (await own.db.selectFrom('inspect_plan').selectAll().execute()).length).toBe(1);
    stop.abort();
    await kept;
  });

  it('refuse to work on a database of a newer program, and leave it as it is', async () => {
    const later = newPlace();
    const newer = await openRecords(later);
    const set = { ...MIGRATIONS, '9999-later': { up: async () => undefined } };
    await migrate(newer.db as unknown as Kysely<never>, engine, set);
    await newer.close();
    await expect(openRecords(later)).rejects.toMatchObject({
      code: 'JDOS_ERR_RECORDS',
      message: expect.stringContaining('9999-later'),
    });
  });

  it('leave nothing behind of a set of steps of which one fails', async () => {
    const own = await openRecords(newPlace());
    const half = { up: (db: Kysely<unknown>) => db.schema.createTable('half').addColumn('a', 'text').execute() };
    const bad = { up: () => Promise.reject(new Error('no')) };
    const set = { ...MIGRATIONS, '9998-half': half, '9999-bad': bad };
    await expect(migrate(own.db as unknown as Kysely<never>, engine, set)).rejects.toThrow('no');
    expect((await own.db.introspection.getTables()).map((table) => table.name)).not.toContain('half');
    await own.close();
  });
});

describe('a place', () => {
  it('of files is shared by processes, whose writes all arrive', async () => {
    const dir = newDir();
    const index = new URL('./index.ts', import.meta.url).href;
    const script = `const { openRecords, appendAudit } = await import('${index}');
      const records = await openRecords('${dir}');
      for (let n = 0; n < 25; n++) await appendAudit(records, { at: n, actor: 'a', action: 'b', object: 'c' });
      await records.close();`;
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
    await Promise.all([1, 2, 3].map(() => promisify(execFile)(process.execPath, args)));
    await using records = await openRecords(dir);
    expect(await verifyAudit(records)).toEqual({ entries: 75, head: expect.any(String) });
  });

  it('of files is for its owner only', async () => {
    const dir = newDir();
    await using records = await openRecords(dir);
    await appendAudit(records, entry(1));
    for (const file of ['records.db', 'records.db-wal']) expect(statSync(join(dir, file)).mode & 0o077).toBe(0);
  });

  it('that does not answer is named without its password', async () => {
    await expect(openRecords('postgres://jdos:secret@127.0.0.1:1/x')).rejects.toThrow(
      /^records postgres:\/\/127\.0\.0\.1:1\/x cannot be used: connect ECONNREFUSED/,
    );
    await expect(openRecords('postgres://[')).rejects.toThrow(/malformed URL/);
  });
});

describe('a page', () => {
  it('tells of a next one only when there is one', async () => {
    const read = (count: number) => Promise.resolve([1, 2, 3].slice(0, count));
    expect(await pageOf(read, 3, String)).toEqual({ items: [1, 2, 3] });
    expect(await pageOf(read, 2, String)).toEqual({ items: [1, 2], next: '2' });
    expect(await pageOf(() => Promise.resolve([]), 2, String)).toEqual({ items: [] });
  });
});
