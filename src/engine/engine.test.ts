import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine, type EngineError } from './index.ts';

const restarts: string[] = [];
let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start({
    memoryLimit: '300MB',
    concurrent: 3,
    queue: 2,
    onRestart: (why) => restarts.push(why),
  });
});
afterAll(() => engine.stop());

const ask = (sql: string, options: object = {}) => engine.rows({ sql, user: 'a', ...options });
const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => error as EngineError,
  );

describe('the engine', () => {
  it('answers rows with values that keep what JavaScript numbers would lose', async () => {
    const sql = `SELECT 9007199254740993, 1.50::DECIMAL(9,2), 'nan'::DOUBLE, MAP {'a': 1}, [1, NULL], NULL,
      TIMESTAMPTZ '2026-01-02 03:04:05Z', INTERVAL 26 HOUR, 170141183460469231731687303715884105727::HUGEINT`;
    expect(await ask(sql)).toEqual([
      [
        9007199254740993n,
        '1.50',
        Number.NaN,
        { a: 1 },
        [1, null],
        null,
        '2026-01-02 03:04:05+00',
        '26:00:00',
        '170141183460469231731687303715884105727',
      ],
    ]);
  });

  it('points at the place of a syntax error', async () => {
    const error = await refused(ask('SELECT 1 +\n  from from x'));
    expect(error).toMatchObject({ code: '42601', position: 14 });
    expect(error.message).toContain('syntax error at or near "from"');
  });

  it('takes a batch in as a whole or not at all', async () => {
    await engine.write({ appends: [], statements: ['CREATE TABLE t (a BIGINT, b VARCHAR)'] });
    await engine.write({
      appends: [
        {
          table: 't',
          columns: [
            [1n, 2n],
            ['x', null],
          ],
        },
      ],
      statements: [],
    });
    const half = { appends: [{ table: 't', columns: [[3n], ['y']] }], statements: ['SELECT nosuch'] };
    await refused(engine.write(half));
    expect(await ask('SELECT * FROM t ORDER BY a')).toEqual([
      [1n, 'x'],
      [2n, null],
    ]);
  });

  it('parses without running', async () => {
    expect(await engine.parse('DROP TABLE t; SELECT 1')).toEqual({});
    expect(await engine.parse('SELECT 1')).toMatchObject({ questions: [{ node: { type: 'SELECT_NODE' } }] });
    expect(await engine.parse("IMPORT DATABASE '/tmp'")).toEqual({});
    expect(await engine.parse('-- nothing')).toEqual({ questions: [] });
    expect(await refused(engine.parse("SELECT 'ä', from"))).toMatchObject({ code: '42601', position: 16 });
    expect(await ask('SELECT count(*) FROM t')).toEqual([[2n]]);
  });

  it('reads and writes no file and changes no setting, whoever asks', async () => {
    for (const sql of [
      "SELECT * FROM read_text('/etc/hostname')",
      "COPY (SELECT 1) TO '/tmp/leak.csv'",
      "ATTACH '/tmp/leak.db'",
      "SET memory_limit = '100GB'",
      'INSTALL httpfs',
      "LOAD '/tmp/x.duckdb_extension'",
    ]) {
      expect((await refused(engine.write({ appends: [], statements: [sql] }))).message, sql).not.toBe('');
    }
  });
});

describe('limits', () => {
  it('34 a query that runs longer than its limit is stopped and says which limit', async () => {
    for (const sql of [
      'SELECT count(*) FROM range(10000000) a, range(10000000) b',
      'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r',
      'SELECT sum(i) FROM range(100000000000) t(i)',
    ]) {
      const error = await refused(ask(sql, { limits: { timeoutMs: 200 } }));
      expect(error, sql).toMatchObject({ code: '57014' });
      expect(error.message).toContain('its limit of 0.2 s');
    }
  });

  it('35 a query that is cancelled ends, before it began and while it runs', async () => {
    for (const abort of [AbortSignal.abort(), AbortSignal.timeout(50)]) {
      const error = await refused(ask('SELECT count(*) FROM range(10000000) a, range(10000000) b', { signal: abort }));
      expect(error).toMatchObject({ code: '57014' });
    }
    expect(await ask('SELECT 1')).toEqual([[1]]);
  });

  it('36 39 one user has two places; others get theirs; a full queue says so; a wait that is given up never runs', async () => {
    const heavy = 'SELECT count(*) FROM range(10000000) a, range(10000000) b';
    const stop = new AbortController();
    const gone = new AbortController();
    const running = [1, 2].map(() => refused(ask(heavy, { signal: stop.signal })));
    const waiting = [refused(ask(heavy, { signal: gone.signal })), refused(ask(heavy, { signal: stop.signal }))];
    expect(await ask('SELECT 1', { user: 'b' })).toEqual([[1]]);
    expect(await refused(ask('SELECT 1'))).toMatchObject({ code: '53300' });
    gone.abort();
    expect(await waiting[0]).toMatchObject({ code: '57014' });
    stop.abort();
    for (const one of [...running, waiting[1]!]) expect(await one).toMatchObject({ code: '57014' });
  });

  it('37 a query that wants too much memory fails alone', async () => {
    const bomb = "SELECT list(repeat('x', 1000) || i) FROM range(3000000) t(i)";
    expect(await refused(ask(bomb))).toMatchObject({ code: '53200' });
    expect(await ask('SELECT 1')).toEqual([[1]]);
  });

  it('rows and bytes past the limit end the query and say which limit', async () => {
    const rows = refused(ask('SELECT * FROM range(100000)', { limits: { maxRows: 5000 } }));
    expect((await rows).message).toContain('more than 5000 rows');
    const bytes = refused(ask("SELECT repeat('x', 10000) FROM range(100000)", { limits: { maxBytes: 1_000_000 } }));
    expect((await bytes).message).toContain('more than 1000000 bytes');
  });

  it('38 a reader that takes nothing gets nothing more, and its leaving ends the query', async () => {
    const result = await engine.query({ sql: 'SELECT * FROM range(900000)', user: 'c' });
    let count = 0;
    for await (const part of result.rows()) {
      count += part.length;
      if (count > 4000) break;
    }
    expect(count).toBeLessThan(10_000);
    expect(await ask('SELECT 1', { user: 'c' })).toEqual([[1]]);
  });
});

describe('a death of the process', () => {
  it('20 is told to those who wait, and a new one takes its place', async () => {
    const waiting = refused(ask('SELECT count(*) FROM range(10000000) a, range(10000000) b'));
    await ask('SELECT 1', { user: 'b' });
    process.kill(engine.pid!, 'SIGKILL');
    expect(await waiting).toMatchObject({ code: '57P01' });
    await expect.poll(() => restarts.length, { timeout: 10_000 }).toBe(1);
    expect(await ask('SELECT 1')).toEqual([[1]]);
  });
});
