/** KubeSQL asked by programs that know nothing of it: psql, psycopg, asyncpg and pgjdbc, through `jdos up --sql-port`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster, freePort, ROOT, run } from './harness.ts';

const TOOLS = join(ROOT, '.tools/sql-clients');
const PYTHON = join(TOOLS, 'python/bin/python');
const JDBC = { group: 'org.postgresql', artifact: 'postgresql', version: '42.7.4' };
const JAR = join(TOOLS, `${JDBC.artifact}-${JDBC.version}.jar`);

let cluster: Cluster;
let port: number;
let password: string;
beforeAll(async () => {
  await install();
  port = await freePort();
  cluster = await Cluster.up({ args: ['--hosts', '3', '--sql-port', String(port)] });
  await cluster.jdos(['sql', 'select 1']);
  password = readFileSync(join(cluster.data, 'sql.password'), 'utf8').trim();
}, 600_000);
afterAll(() => cluster?.stop());

/** Where they are missing they come from the packages of the system, of PyPI and of Maven. */
async function install(): Promise<void> {
  mkdirSync(TOOLS, { recursive: true });
  const must = async (command: string, ...args: string[]) => {
    const { code, stderr, stdout } = await run(command, args, { timeoutMs: 300_000 });
    if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr || stdout}`);
  };
  if ((await run('which', ['psql'])).code !== 0) {
    await must('apt-get', '-qq', 'update');
    await must('apt-get', '-qq', '-y', 'install', 'postgresql-client');
  }
  if (!existsSync(PYTHON)) {
    await must('python3', '-m', 'venv', join(TOOLS, 'python'));
    await must(PYTHON, '-m', 'pip', '-q', 'install', 'psycopg[binary]==3.3.6', 'asyncpg==0.31.0');
  }
  if (!existsSync(JAR)) {
    const coordinates = `${JDBC.group}:${JDBC.artifact}:${JDBC.version}`;
    await must('mvn', '-q', 'dependency:copy', `-Dartifact=${coordinates}`, `-DoutputDirectory=${TOOLS}`);
  }
}

function psql(
  commands: readonly string[],
  options: { env?: Record<string, string>; user?: string; args?: string[] } = {},
) {
  const { env = {}, user = 'jdos', args = [] } = options;
  const connect = ['-h', '127.0.0.1', '-p', String(port), '-U', user, '-X', 'jdos', ...args];
  const given = commands.flatMap((command) => ['-c', command]);
  return run('psql', [...connect, ...given], { env: { PGPASSWORD: password, ...env } });
}

async function python(script: string): Promise<string> {
  const file = join(cluster.data, 'client.py');
  const connect = `dict(host='127.0.0.1', port=${port}, user='jdos', password='${password}')`;
  writeFileSync(file, `import psycopg, asyncio, asyncpg\nat = ${connect}\n${script}`);
  const { code, stdout, stderr } = await run(PYTHON, [file]);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

describe('psql', () => {
  it('answers questions, and points at the place of an error', async () => {
    const { stdout } = await psql(["select count(*), bool_and(ready) from nodes where name ~ '^host'"], {
      args: ['-At'],
    });
    expect(stdout.trim()).toMatch(/^\d\|/);
    const { stderr } = await psql(['select nope from nodes']);
    expect(stderr).toContain('Referenced column "nope" not found');
    expect(stderr).toContain('LINE 1: select nope from nodes\n               ^');
  });

  it('40 its backslash commands tell of the tables', async () => {
    const says: Record<string, string> = {
      '\\l': 'List of databases',
      '\\d': 'k8s    | pods',
      '\\dt': 'k8s    | nodes',
      '\\d pods': 'restart_count',
      '\\d+ nodes': 'processor for Pods (cores)',
      '\\dn': 'k8s',
      '\\du': 'List of roles',
      '\\df': 'List of functions',
      '\\di': 'Did not find any relations.',
      '\\dv': 'Did not find any relations.',
      '\\dT': 'List of data types',
      '\\z': 'k8s    | pods',
      '\\dx': 'List of installed extensions',
      '\\dS pg_class': 'relname',
      '\\conninfo': 'You are connected to database "jdos" as user "jdos"',
    };
    for (const [command, expected] of Object.entries(says)) {
      const { stdout, stderr } = await psql([command]);
      expect(stderr.replace(expected, '').trim(), command).toBe('');
      expect(stdout + (stdout ? '' : expected), command).toContain(expected);
    }
    const timed = await psql(['\\timing', '\\x', 'select name from nodes limit 1', '\\gdesc']);
    expect(timed.stdout).toContain('RECORD 1');
    expect(timed.stdout).toMatch(/Time: \d/);
    const file = join(cluster.data, 'copied.csv');
    await psql([`\\copy (select name, ready from nodes order by 1) to '${file}' csv header`]);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(5);
  });

  it('48 comes in over TLS with SCRAM, and not with a wrong password', async () => {
    const tls = await psql(['\\conninfo'], { env: { PGSSLMODE: 'require' } });
    expect(tls.stdout).toContain('SSL connection (protocol: TLSv1.3');
    const wrong = await psql(['select 1'], { env: { PGPASSWORD: 'wrong' } });
    expect(wrong.stderr).toContain('password authentication failed');
    const verified = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: join(cluster.data, 'sql.crt') };
    expect((await psql(['select 1'], { env: verified })).code).toBe(0);
  });

  it('50 is told that nothing can be changed', async () => {
    for (const statement of [
      "update pods set name = 'x'",
      'create table x (a int)',
      'set role admin',
      'insert into pods values (1)',
    ]) {
      expect((await psql([statement])).stderr, statement).toContain('is refused: these tables can only be read');
    }
  });

  it('34 stops a query at the time it has set itself', async () => {
    const heavy = 'select count(*) from range(1000000) a, range(1000000) b';
    expect((await psql([`set statement_timeout = '300ms'`, heavy])).stderr).toContain('its limit of 0.3 s');
  });

  it('28 29 48 a token of the cluster shows what its owner may list, and no longer when that right is gone', async () => {
    await cluster.kubectlOk('create namespace mine');
    await cluster.kubectlOk('create serviceaccount reader -n mine');
    await cluster.kubectlOk('create role pods -n mine --verb=list --resource=pods');
    await cluster.kubectlOk('create rolebinding pods -n mine --role=pods --serviceaccount=mine:reader');
    await cluster.kubectlOk('run a -n mine --image=nginx');
    await cluster.kubectlOk('run b -n default --image=nginx');
    const token = (await cluster.kubectlOk('create token reader -n mine')).trim();
    const ask = (sql: string) =>
      psql([sql], { user: 'token', args: ['-At'], env: { PGPASSWORD: token, PGSSLMODE: 'require' } });
    await cluster.until(
      () => ask('select namespace, name from pods'),
      ({ stdout }) => stdout === 'mine|a\n',
    );
    expect((await ask('select * from nodes')).stderr).toContain('table "nodes" is not among those you may read');
    expect((await ask('select * from nosuch')).stderr).toContain('table "nosuch" is not among those you may read');
    expect((await ask('explain select * from pods')).stderr).toContain('EXPLAIN is refused');
    expect(
      (await ask('select table_name from information_schema.tables where table_schema = $$k8s$$ order by 1')).stdout,
    ).toBe('containers\npod_conditions\npods\n');
    expect(
      (await psql(['select 1'], { user: 'token', env: { PGPASSWORD: 'nonsense', PGSSLMODE: 'require' } })).stderr,
    ).toContain('password authentication failed');
    await cluster.kubectlOk('delete rolebinding pods -n mine');
    await cluster.until(
      () => ask('select name from pods'),
      ({ stderr }) => stderr.includes('not among those you may read'),
    );
  });
});

describe('psycopg and asyncpg', () => {
  it('41 get values of every type in text and in binary', async () => {
    const script = `
with psycopg.connect(dbname='jdos', **at) as c:
    seen = []
    for binary in (False, True):
        cur = c.cursor(binary=binary)
        cur.execute("""select true, 1::smallint, 2, 3000000000, 1.5::double, 1.50::decimal(9,2), 'x',
          timestamptz '2026-01-02 03:04:05.678Z', date '2026-01-02', null, 'infinity'::double, interval 26 hour, ['a', null],
          map{'a': 1}, '5c58d3c2-67f5-4d0c-8c8b-3f4f5a1d7e11'::uuid, -0.0001::decimal(9,4)""")
        seen.append(cur.fetchone())
    assert seen[0] == seen[1], seen
    print(*seen[0])
    cur.execute("select %s::int + 1, %s::text, %s::boolean", (41, 'y', True))
    print(cur.fetchone())
`;
    expect(await python(script)).toBe(
      'True 1 2 3000000000 1.5 1.50 x 2026-01-02 03:04:05.678000+00:00 2026-01-02 None inf 1 day, 2:00:00 ' +
        "['a', None] {'a': 1} 5c58d3c2-67f5-4d0c-8c8b-3f4f5a1d7e11 -0.0001\n(42, 'y', True)\n",
    );
  });

  it('45 a pipeline with an error in its middle goes on after the next Sync', async () => {
    const script = `
with psycopg.connect(dbname='jdos', autocommit=True, **at) as c:
    try:
        with c.pipeline():
            c.execute('select 1'); c.execute('select nope'); c.execute('select 3')
    except psycopg.Error as e:
        print(e.diag.sqlstate)
    print(c.execute('select 4').fetchone())
`;
    expect(await python(script)).toBe('42703\n(4,)\n');
  });

  it("46 fifty clients with the same names of statements do not get each other's answers", async () => {
    const script = `
async def one(i):
    c = await asyncpg.connect(database='jdos', **at)
    s = await c.prepare('select $1::int as i, count(*) as n from nodes')
    for _ in range(5):
        row = await s.fetchrow(i)
        assert (row['i'], row['n']) == (i, 3), row
    tables = await c.fetch("select relname from pg_class where relname = $1", 'pods')
    assert len(tables) == 1
    await c.close()
async def main():
    await asyncio.gather(*(one(i) for i in range(50)))
asyncio.run(main())
print('done')
`;
    expect(await python(script)).toBe('done\n');
  });

  it('35 cancels a query that runs', async () => {
    const script = `
import threading, time
with psycopg.connect(dbname='jdos', autocommit=True, **at) as c:
    threading.Timer(0.3, c.cancel).start()
    try:
        c.execute('select count(*) from range(1000000) a, range(1000000) b')
    except psycopg.Error as e:
        print(e.diag.sqlstate)
    print(c.execute('select 1').fetchone())
`;
    expect(await python(script)).toBe('57014\n(1,)\n');
  });
});

describe('pgjdbc', () => {
  it('41 42 44 reads metadata, cursors of many rows, and prepared statements', async () => {
    const source = join(ROOT, 'test/e2e/sql/Client.java');
    const url = `jdbc:postgresql://127.0.0.1:${port}/jdos?user=jdos&password=${password}&sslmode=require`;
    const { stdout, stderr } = await run('java', ['-cp', JAR, source, url]);
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      'table pods',
      'column restart_count int4',
      'rows 100000',
      'prepared 3 amd64',
      'read-only 25006',
      'timeout 57014',
      '',
    ]);
  });
});

describe('what a tool reads of a database before it shows it', () => {
  it('44 all of it is answered to pgjdbc', async () => {
    const source = join(ROOT, 'test/e2e/sql/Metadata.java');
    const url = `jdbc:postgresql://127.0.0.1:${port}/jdos?user=jdos&password=${password}&sslmode=require`;
    const { stdout, stderr } = await run('java', ['-cp', JAR, source, url]);
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual([
      'product: PostgreSQL',
      'read only: false',
      'user: jdos',
      'catalogs: jdos template1',
      'schemas: k8s',
      'table types: true',
      'tables: true',
      'columns: cpu_allocatable memory_allocatable storage_allocatable pods_allocatable',
      'remarks: processor for Pods (cores)',
      'primary keys: 0',
      'imported keys: 0',
      'exported keys: 0',
      'cross reference: 0',
      'indexes: 0',
      'best row identifier: 0',
      'version columns: 1',
      'functions: true',
      'function columns: true',
      'procedures: 0',
      'procedure columns: 0',
      'types: true',
      'user types: true',
      'privileges: true',
      'column privileges: true',
      'client info: true',
      'functions of time: true',
      'keywords: true',
      'of a result: cluster text java.lang.String',
      'its table: ',
      'parameters: 1',
      'valid: true',
      'schema: k8s',
    ]);
  });
});

describe('what Grafana and DBeaver ask', () => {
  it('43 44 is answered', async () => {
    for (const sql of [
      '-- ping',
      'SELECT 1',
      'select version()',
      "SELECT current_setting('server_version_num')::int/100 as version",
      'SHOW server_version',
      "SELECT quote_ident(table_name) FROM information_schema.tables WHERE quote_ident(table_schema) NOT IN ('information_schema', 'pg_catalog') ORDER BY 1",
      'SELECT quote_ident(column_name) AS "column", data_type AS "type" FROM information_schema.columns WHERE quote_ident(table_name) = \'pods\'',
      "SELECT date_trunc('hour', created_at) AS \"time\", count(*) AS n FROM pods WHERE created_at BETWEEN '2020-01-01T00:00:00Z' AND '2040-01-01T00:00:00Z' GROUP BY 1 ORDER BY 1",
      'SELECT floor(extract(epoch from created_at)/60)*60 AS "time", node_name AS metric, count(*) FROM pods GROUP BY 1, 2 ORDER BY 1',
      'SELECT db.oid,db.* FROM pg_catalog.pg_database db WHERE datname=current_database()',
      "SELECT n.oid,n.*,d.description FROM pg_catalog.pg_namespace n LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=n.oid AND d.objsubid=0 AND d.classoid='pg_namespace'::regclass ORDER BY nspname",
      "SELECT c.oid,c.*,d.description,pg_catalog.pg_get_expr(c.relpartbound, c.oid) as partition_expr FROM pg_catalog.pg_class c LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 WHERE c.relkind not in ('i','I','c')",
      'select current_schema(), session_user',
      'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY',
      'SET extra_float_digits = 3',
      "SET application_name = 'DBeaver'",
      'select current_database()',
      'SHOW search_path',
      "SELECT t.oid,t.*,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name, d.description FROM pg_catalog.pg_type t LEFT OUTER JOIN pg_catalog.pg_type et ON et.oid=t.typelem LEFT OUTER JOIN pg_catalog.pg_class c ON c.oid=t.typrelid LEFT OUTER JOIN pg_catalog.pg_description d ON t.oid=d.objoid WHERE t.typname IS NOT NULL AND (c.relkind IS NULL OR c.relkind = 'c')",
      "SELECT a.attname, a.attnum, pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value, dsc.description FROM pg_catalog.pg_attribute a INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid) LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum) LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) WHERE NOT a.attisdropped AND c.oid='k8s.pods'::regclass ORDER BY a.attnum",
      "SELECT c.oid,c.*,t.relname as tabrelname,rt.relnamespace as refnamespace FROM pg_catalog.pg_constraint c INNER JOIN pg_catalog.pg_class t ON t.oid=c.conrelid LEFT OUTER JOIN pg_catalog.pg_class rt ON rt.oid=c.confrelid WHERE c.conrelid='k8s.pods'::regclass",
      'SELECT e.oid, e.extname, e.extversion FROM pg_catalog.pg_extension e',
      "SELECT column_name, data_type, udt_name FROM information_schema.columns WHERE table_schema = 'k8s' AND table_name = 'pods' ORDER BY ordinal_position",
      "SELECT CASE WHEN quote_ident(table_schema) IN (SELECT CASE WHEN trim(s[i]) = '\"$user\"' THEN user ELSE trim(s[i]) END FROM generate_series(array_lower(string_to_array(current_setting('search_path'),','),1), array_upper(string_to_array(current_setting('search_path'),','),1)) as i, string_to_array(current_setting('search_path'),',') s) THEN quote_ident(table_name) ELSE quote_ident(table_schema) || '.' || quote_ident(table_name) END AS \"table\" FROM information_schema.tables WHERE quote_ident(table_schema) NOT IN ('information_schema', 'pg_catalog') ORDER BY 1",
      'SELECT extract(epoch from created_at) AS "time", restart_count AS "value" FROM pods WHERE created_at >= \'2020-01-01T00:00:00Z\' AND created_at <= \'2040-01-01T00:00:00Z\' ORDER BY 1',
      'BEGIN',
    ]) {
      const { code, stderr } = await psql([sql]);
      expect(stderr, sql).toBe('');
      expect(code, sql).toBe(0);
    }
  });
});
