import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestStore, testPod } from '../store.testing.ts';

let store: TestStore;
beforeAll(async () => {
  store = await TestStore.start();
  await store.put('Pod', [testPod('a'), testPod('b', { namespace: 'hidden' })]);
});
afterAll(() => store.stop());

/** All that a locked DuckDB would still carry out, or that reads what is not a table of the cluster. */
const HOSTILE = `
insert into pods select * from pods
update pods set name = 'x'
delete from pods
truncate pods
alter table pods add column x int
drop table pods
drop schema k8s cascade
create table t as select 1
create temp table t (a int)
create or replace view pods as select 1
create schema x
create sequence s
create type mood as enum ('a')
create macro f(a) as a
create function f(a) as a
create index i on pods (name)
comment on table pods is 'x'
attach ':memory:' as m
attach '/tmp/x.db'
detach store
use store
set schema = 'store.k8s'
set search_path = 'store.k8s'
set memory_limit = '100GB'
set variable x = 1
reset memory_limit
pragma database_list
pragma enable_profiling
begin
commit
rollback
vacuum
checkpoint
force checkpoint
analyze pods
call pragma_version()
call enable_logging()
load json
install httpfs
export database '/tmp/x'
import database '/tmp/x'
copy pods to '/tmp/x.csv'
copy (select 1) to '/tmp/x.parquet'
copy pods from '/tmp/x.csv'
prepare q as select 1
execute q
deallocate q
explain analyze select 1
explain delete from pods
explain insert into pods select * from pods
show tables
show all tables
describe pods
summarize pods
from duckdb_tables()
pivot pods on phase
select * from store.k8s.pods__core
select * from store.k8s.secrets__core
select * from main.x
select * from duckdb_tables
select * from duckdb_settings()
select * from duckdb_logs
select * from pragma_database_list
select * from sqlite_master
select * from information_schema.tables
select * from pg_catalog.pg_class
select * from pg_class
select * from '/etc/passwd'
select * from 'x.csv'
select * from read_csv('/etc/passwd')
select * from read_text('/etc/passwd')
select * from read_blob('/etc/passwd')
select * from read_json_auto('/x')
select * from read_parquet('/x')
select * from parquet_metadata('/x')
select * from glob('/*')
select * from sniff_csv('/etc/passwd')
select * from query('select 1')
select * from query_table('pods')
select * from (select * from query_table(['pods']))
select * from json_execute_serialized_sql('{}')
select json_serialize_sql('select 1')
select * from sql_auto_complete('sel')
select * from repeat_row(1, num_rows = 1000000000)
select * from range(10000000000)
select * from generate_series(1, 100000000)
select * from range((select 100000000))
select * from pods, range(len(pods.name))
select pg_sleep(10)
select sleep_ms(10)
select current_setting('memory_limit')
select getvariable('x')
select current_schema()
select nextval('s')
select write_log('x')
select error('x')
select setseed(0.5)
select txid_current()
select main.error('x')
select system.main.error('x')
select list_transform([1], x -> error('x'))
select * from pods where name in (select name from store.k8s.secrets__core)
select exists (select 1 from read_text('/etc/passwd'))
with x as (select * from read_text('/etc/passwd')) select * from x
with duckdb_tables as (select 1) select * from duckdb_tables
with a as (select * from duckdb_settings), duckdb_settings as (select 1) select * from a
select * from pods order by (select count(*) from glob('/*'))
select count(*) filter (where exists (select 1 from glob('/*'))) from pods
select * from pods limit (select count(*) from glob('/*'))
select sum(1) over (order by (select count(*) from glob('/*'))) from pods
select case when true then (select count(*) from glob('/*')) end
values ((select count(*) from glob('/*')))
select * from unnest((select list(file) from glob('/*')))
select * from pods qualify row_number() over () = (select count(*) from glob('/*'))
select * from pods tablesample (select 1)
select * from pods at (version => 1)
select 1; select 2
select 1; drop table pods
`
  .trim()
  .split('\n');

describe('the gate', () => {
  it('25 26 27 refuses every statement that is no question, and every way round the tables', async () => {
    const before = await fingerprint();
    for (const sql of HOSTILE) {
      const refusal = await store.refusal(sql);
      expect(refusal, sql).toBeDefined();
      expect(['25006', '42501', '42P01', '42601', '42703'], `${sql}: ${refusal?.message}`).toContain(refusal?.code);
    }
    expect(await fingerprint()).toEqual(before);
  });

  it('26 refuses the same with comments, in capitals, and with names in quotes', async () => {
    for (const sql of [
      '/* x */ DROP/**/TABLE pods',
      '-- x\nINSERT INTO pods VALUES (1)',
      'SELECT * FROM "read_text"(\'/etc/passwd\')',
      'select * from "duckdb_tables"',
      'SELECT "getvariable"(\'x\')',
    ]) {
      expect((await store.refusal(sql))?.code, sql).toMatch(/25006|42501|42P01/);
    }
  });

  it('answers what people ask', async () => {
    for (const sql of [
      'select 1',
      'values (1), (2)',
      'table pods',
      'from pods select name',
      'select * from k8s.pods',
      'select * exclude (labels) from pods',
      'with p as (select * from pods) select count(*) from p',
      'with recursive r(n) as (select 1 union all select n + 1 from r where n < 5) select * from r',
      'select * from pods p join containers c on c.pod_uid = p.uid',
      'select name, row_number() over (partition by namespace order by name) from pods',
      "select * from pods where labels['a'] is null and name ilike '%a%' and name similar to 'a|b'",
      'select namespace, count(*) filter (where phase = $$Running$$) from pods group by all having count(*) > 0',
      'select list_transform([1, 2], x -> x + 1), map_keys(labels) from pods',
      "select * from generate_series(timestamp '2026-01-01', timestamp '2026-01-02', interval '1 hour')",
      'select * from range(10) union all select * from range(5) order by 1 limit 3',
      'select unnest([1, 2])',
      'explain select * from pods',
      'select (select max(name) from pods), exists (select 1 from nodes), case when true then 1 end',
      'select * from pods p, lateral (select p.name) x',
      'select * from pods semi join nodes on nodes.name = pods.node_name',
    ]) {
      expect(await store.refusal(sql), sql).toBeUndefined();
    }
  });

  it('takes nothing but comments for no question', async () => {
    for (const sql of ['', '  ', ';', '-- ping', '/* x */', ' ; ; ']) expect(await store.rows(sql), sql).toEqual([]);
  });

  it('49 names columns as PostgreSQL does', async () => {
    const sql =
      'select count(*), sum(1), 1 + 1, name, name::text, max(name) as m, case when true then 1 end from pods group by name';
    const { columns } = await store.sql.ask({ sql, user: 'tester', grants: 'everything' });
    expect(columns.map(({ name }) => name)).toEqual(['count', 'sum', '?column?', 'name', 'name', 'm', 'case']);
  });

  it('53 names the nearest table, and the nearest column', async () => {
    expect(await store.refusal('select * from deploymets')).toMatchObject({
      code: '42P01',
      hint: 'Did you mean "deployments"?',
    });
    expect(await store.refusal('select * from pods where\n  nmespace = 1')).toMatchObject({
      code: '42703',
      position: 28,
    });
  });
});

async function fingerprint() {
  const tables = await store.engine.rows({
    sql: 'SELECT database_name, schema_name, table_name, estimated_size, sql FROM duckdb_tables() ORDER BY ALL',
    user: 'test',
  });
  const settings = await store.engine.rows({
    sql: 'SELECT name, value FROM duckdb_settings() ORDER BY 1',
    user: 'test',
  });
  return { tables, settings };
}
