/**
 * A few statements, always the same ones; all of them with
 * `JDOS_FUZZ=100000 npx vitest run --project unit src/sql/gate/gate-fuzz.test.ts`.
 */
import process from 'node:process';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestStore, testPod } from '../store.testing.ts';

const RUNS = Number(process.env.JDOS_FUZZ ?? 1500);
let store: TestStore;
beforeAll(async () => {
  store = await TestStore.start();
  await store.put('Pod', [testPod('a')]);
});
afterAll(() => store.stop());

/** Rows that no question may have. */
const SOURCES = [
  ...[
    'read_csv',
    'read_csv_auto',
    'read_text',
    'read_blob',
    'read_json',
    'read_ndjson',
    'read_parquet',
    'parquet_scan',
    'glob',
    'sniff_csv',
  ].map((name) => `${name}('/etc/passwd')`),
  ...[
    'duckdb_settings',
    'duckdb_tables',
    'duckdb_logs',
    'duckdb_secrets',
    'pragma_version',
    'pragma_database_size',
    'enable_logging',
    'checkpoint',
    'icu_calendar_names',
    'test_all_types',
  ].map((name) => `${name}()`),
  "query('select 1')",
  "query_table('pods')",
  "json_execute_serialized_sql('{}')",
  "seq_scan('pods')",
  'range(100000000000)',
  'generate_series(1, 100000000000)',
  "'/etc/passwd'",
  "'https://example.com/x.parquet'",
  "'s3://bucket/x.csv'",
  'store.k8s.pods__core',
  'store.k8s.secrets__core',
  'memory.main.x',
  'system.information_schema.tables',
  'information_schema.tables',
  'pg_catalog.pg_class',
  'duckdb_tables',
  'duckdb_views',
  'sqlite_master',
  'pragma_database_list',
];
/** Values that no question may ask for. */
const VALUES = [
  ...[
    'getenv',
    'current_setting',
    'getvariable',
    'nextval',
    'currval',
    'error',
    'write_log',
    'pg_sleep',
    'sleep_ms',
    'setseed',
  ].map((name) => `${name}('x')`),
  ...['txid_current', 'current_query', 'current_connection_id', 'pg_postmaster_start_time', 'inet_server_addr'].map(
    (name) => `${name}()`,
  ),
  "json_serialize_sql('select 1')",
  "json_deserialize_sql('{}')",
  "has_table_privilege('pods', 'select')",
  "in_search_path('a', 'b')",
];
/** Statements that change, read or write something else than tables. */
const STATEMENTS = [
  ...[
    'INSERT INTO pods VALUES (1)',
    'INSERT INTO pods SELECT * FROM pods',
    "UPDATE pods SET name = 'x'",
    'DELETE FROM pods',
    'TRUNCATE pods',
    'MERGE INTO pods USING nodes ON true WHEN MATCHED THEN DELETE',
  ],
  ...['TABLE', 'VIEW', 'SCHEMA', 'SEQUENCE', 'TYPE', 'MACRO', 'FUNCTION', 'INDEX'].flatMap((what) => [
    `DROP ${what} pods`,
    `CREATE ${what} x AS SELECT 1`,
    `ALTER ${what} pods RENAME TO x`,
  ]),
  ...[
    "ATTACH '/tmp/x.db'",
    "ATTACH ':memory:' AS y",
    'DETACH store',
    'USE store',
    'CHECKPOINT',
    'FORCE CHECKPOINT',
    'VACUUM',
    'ANALYZE',
    'BEGIN',
    'COMMIT',
    'ROLLBACK',
  ],
  ...[
    "SET memory_limit = '1TB'",
    'RESET threads',
    'SET VARIABLE x = 1',
    "SET search_path = 'store.k8s'",
    'PRAGMA database_list',
    "PRAGMA import_database('/tmp')",
    'CALL pragma_version()',
  ],
  ...[
    "COPY pods TO '/tmp/x'",
    "COPY pods FROM '/tmp/x'",
    "COPY (SELECT 1) TO '/tmp/x.parquet'",
    "EXPORT DATABASE '/tmp/x'",
    "IMPORT DATABASE '/tmp/x'",
    'INSTALL httpfs',
    'LOAD json',
    "LOAD '/tmp/x'",
  ],
  ...[
    'PREPARE q AS SELECT 1',
    'EXECUTE q',
    'DEALLOCATE q',
    'EXPLAIN ANALYZE SELECT 1',
    'EXPLAIN DELETE FROM pods',
    'COMMENT ON TABLE pods IS NULL',
    'SHOW TABLES',
    'DESCRIBE pods',
    'SUMMARIZE pods',
  ],
];

const word = fc.constantFrom('a', 'b', 'c', 'x1');
const value = fc.constantFrom(...VALUES);
const source = fc.oneof(
  fc.constantFrom(...SOURCES),
  value.map((bad) => `(SELECT ${bad})`),
  value.map((bad) => `(VALUES (${bad}))`),
  value.map((bad) => `unnest([${bad}])`),
);
/** One query round another, with what is bad somewhere inside. */
const query = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 4 },
    source.map((bad) => `SELECT * FROM ${bad}`),
    value.map((bad) => `SELECT ${bad}`),
    value.map((bad) => `SELECT list_transform([1], lambda y: ${bad})`),
    value.map((bad) => `SELECT name FROM pods ORDER BY ${bad}`),
    value.map((bad) => `SELECT sum(1) OVER (PARTITION BY ${bad}) FROM pods`),
    source.map((bad) => `FROM ${bad}`),
    fc.tuple(source, word).map(([bad, name]) => `SELECT * FROM pods, LATERAL (SELECT * FROM ${bad}) ${name}`),
    fc.tuple(tie('query'), word).map(([inner, name]) => `WITH ${name} AS (${inner}) SELECT * FROM ${name}`),
    fc
      .tuple(tie('query'), word)
      .map(([inner, name]) => `WITH RECURSIVE ${name} AS (SELECT 1 UNION ALL (${inner})) SELECT 1`),
    tie('query').map((inner) => `SELECT * FROM (${inner}) s`),
    tie('query').map((inner) => `SELECT 1 UNION ALL (${inner})`),
    tie('query').map((inner) => `SELECT name FROM pods WHERE EXISTS (${inner})`),
    tie('query').map((inner) => `SELECT name FROM pods WHERE name IN (${inner})`),
    tie('query').map((inner) => `SELECT CASE WHEN true THEN (${inner}) END`),
    tie('query').map((inner) => `SELECT count(*) FILTER (WHERE (${inner}) IS NULL) FROM pods`),
    tie('query').map((inner) => `SELECT name FROM pods GROUP BY name HAVING (${inner}) IS NULL`),
    tie('query').map((inner) => `SELECT name FROM pods QUALIFY (${inner}) IS NULL`),
    tie('query').map((inner) => `SELECT name FROM pods LIMIT (${inner})`),
    tie('query').map((inner) => `SELECT * FROM pods JOIN (${inner}) j ON true`),
    tie('query').map((inner) => `EXPLAIN ${inner}`),
    tie('query').map((inner) => `SELECT ARRAY(${inner})`),
    tie('query').map((inner) => `VALUES ((${inner}))`),
  ),
})).query;
const hostile = fc.oneof(
  query,
  fc.constantFrom(...STATEMENTS),
  fc.tuple(query, fc.constantFrom(...STATEMENTS)).map((two) => two.join('; ')),
);
/** The same in other clothes. */
const dressed = fc
  .tuple(hostile, fc.constantFrom('plain', 'lower', 'comment', 'semicolon', 'lines'))
  .map(([sql, dress]) => {
    if (dress === 'lower') return sql.toLowerCase();
    if (dress === 'comment') return `-- x\n/* y */ ${sql.replaceAll(' ', ' /**/ ')}`;
    if (dress === 'semicolon') return `${sql} ;`;
    return dress === 'lines' ? sql.replaceAll(' ', '\n') : sql;
  });

describe('the gate', () => {
  it(
    '32 lets none of many statements by that write, read files or the network, or change settings',
    async () => {
      const before = await fingerprint();
      const refused = async (sql: string) => {
        const refusal = await store.refusal(sql);
        expect(refusal?.code, `${sql}: ${refusal?.message}`).toMatch(/^(25006|42501|42P01|42601|42703|42P05)$/);
      };
      await fc.assert(fc.asyncProperty(dressed, refused), { numRuns: RUNS, seed: 6, endOnFailure: true });
      expect(await fingerprint()).toEqual(before);
    },
    Math.max(60_000, RUNS * 20),
  );

  it(
    '32 survives text that is no SQL',
    async () => {
      const odd = fc.array(
        fc.oneof(
          fc.constantFrom(
            ...'select from where pods ( ) , ; . * \' " $1 :: [ ] { } -- /* */ with as 1 = ->> ~ \0'.split(' '),
          ),
          fc.string(),
        ),
      );
      const begun = store.engine.pid;
      await fc.assert(
        fc.asyncProperty(odd, async (parts) => void (await store.refusal(parts.join(' ')))),
        { numRuns: RUNS, seed: 6, endOnFailure: true },
      );
      expect(store.engine.pid).toBe(begun);
      expect(await store.rows('select name from pods')).toEqual([['a']]);
    },
    Math.max(60_000, RUNS * 20),
  );
});

async function fingerprint() {
  const ask = (sql: string) => store.engine.rows({ sql, user: 'test' });
  const tables = await ask(
    'SELECT database_name, schema_name, table_name, estimated_size FROM duckdb_tables() ORDER BY ALL',
  );
  return { tables, settings: await ask('SELECT name, value FROM duckdb_settings() ORDER BY 1'), pid: store.engine.pid };
}
