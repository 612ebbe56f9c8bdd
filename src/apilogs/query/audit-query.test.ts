import { afterAll, beforeAll, expect, it } from 'vitest';
import { duckdb, render } from '../dialect/index.ts';
import { event, ndjson } from '../event.testing.ts';
import { TestLogs } from '../store.testing.ts';
import { AuditQuery } from './audit-query.ts';

let logs: TestLogs;
let query: AuditQuery;
beforeAll(async () => {
  logs = new TestLogs();
  const lines = [event(0), event(1, { namespace: 'bank' }), event(2, { at: '2026-11-27T00:00:00Z' })];
  await logs.import([logs.file('audit.log', Buffer.concat([ndjson(lines), Buffer.from('no event\n')]))]);
  query = await AuditQuery.open(logs.dir);
});
afterAll(async () => {
  await query[Symbol.asyncDispose]();
  await logs[Symbol.asyncDispose]();
});

it('answers questions about events and about what was rejected', async () => {
  const { columns, rows } = await query.ask('SELECT namespace, count(*) FROM events GROUP BY 1 ORDER BY 1');
  expect(columns.map(({ name }) => name)).toEqual(['namespace', 'count']);
  expect(rows).toEqual([
    ['bank', 1n],
    ['shop', 2n],
  ]);
  expect((await query.ask('SELECT line, reason, text FROM audit.rejects')).rows).toEqual([
    [4n, 'not a JSON object', 'no event'],
  ]);
});

it('refuses whatever would change something, read files or leave its tables', async () => {
  const refused = {
    'DELETE FROM events': '25006',
    'CREATE TABLE x AS SELECT 1': '25006',
    "COPY events TO '/tmp/x'": '25006',
    'SELECT 1; SELECT 2': '42601',
    "SELECT * FROM read_parquet('/etc/*')": '42501',
    "SELECT * FROM '/etc/passwd'": '42P01',
    'SELECT * FROM pg_class': '42P01',
    'SELECT * FROM duckdb_settings()': '42501',
    "SELECT * FROM query('SELECT 1')": '42501',
    'SELECT * FROM memory.audit.events': '42501',
    'SELECT nosuch FROM events': '42703',
    'SELECT 1 FROM evnts': '42P01',
  };
  for (const [sql, code] of Object.entries(refused)) await expect(query.ask(sql), sql).rejects.toMatchObject({ code });
  await expect(query.ask('SELECT 1 FROM evnts')).rejects.toMatchObject({ hint: 'Did you mean "events"?' });
});

it('shows a reader of some namespaces only these', async () => {
  await using scoped = await AuditQuery.open(logs.dir, { namespaces: ['shop'] });
  expect((await scoped.ask('SELECT DISTINCT namespace, user_groups FROM events')).rows).toEqual([['shop', null]]);
  await expect(scoped.ask('SELECT * FROM rejects')).rejects.toMatchObject({ code: '42501' });
});

it('64 the language of the reports refuses what engines understand differently', () => {
  for (const word of ['EXCEPT', 'intersect', 'UNION'])
    expect(() => render(`SELECT 1 ${word} SELECT 2`, duckdb, 'events')).toThrow('needs ALL or DISTINCT');
  expect(render('SELECT 1 UNION ALL SELECT 2', duckdb, 'events')).toBe('SELECT 1 UNION ALL SELECT 2');
  expect(() => render('SELECT @nosuch(1)', duckdb, 'events')).toThrow('@nosuch is no word');
});
