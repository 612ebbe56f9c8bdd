/** Every report gives the same rows on DuckDB, Spark and ClickHouse, over the same Parquet. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day, HOSTILE } from '../../src/apilogs/day.testing.ts';
import { event, ndjson } from '../../src/apilogs/event.testing.ts';
import {
  AuditQuery,
  fileSource,
  Importer,
  type OtherEngine,
  type Parameters,
  reports,
  reportsNamed,
  statements,
  writeHandOver,
} from '../../src/apilogs/index.ts';

const PYTHON = join(import.meta.dirname, '../../.cache/spark/bin/python3');
const base = mkdtempSync(join(tmpdir(), 'jdos-spark-'));
const dir = join(base, 'store');
const from = Date.UTC(2026, 10, 26, 10) * 1000;

interface Asked {
  readonly names: readonly string[];
  readonly parameters: Parameters;
}

/** All of it; with every parameter; and for names that would end a string in one of the engines. */
const ASKED: readonly Asked[] = [
  { names: ['all'], parameters: { top: 7, step: 'minute' } },
  {
    names: ['summary', 'timeline', 'latency', 'sources', 'lists-without-limit'],
    parameters: { fromUs: from + 200_000, toUs: from + 7_200_000_000, user: 'ann', top: 3, step: 'hour' },
  },
  { names: ['users', 'timeline'], parameters: { user: HOSTILE, step: 'day' } },
  { names: ['users', 'timeline'], parameters: { user: `\\' OR 1=1 -- "`, step: 'second' } },
];

/** The day, and some thousand requests more, with latencies that have no two alike and times over three hours. */
function requests(): unknown[] {
  let seed = 11;
  const random = (below: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const verbs = ['get', 'list', 'watch', 'update', 'create', 'delete'];
  const many = Array.from({ length: 4000 }, (_, i) =>
    event(1000 + i, {
      verb: verbs[random(verbs.length)]!,
      resource: ['pods', 'nodes', 'secrets', 'configmaps'][random(4)]!,
      namespace: `ns-${random(9)}`,
      name: `x-${random(50)}`,
      username: ['ann', 'bob', `\\' OR 1=1 -- "`, '王小明'][random(4)]!,
      code: [200, 200, 201, 404, 409, 429, 500][random(7)]!,
      latencyMs: random(5_000_000) / 1000,
      at: new Date(from / 1000 + random(3 * 3600) * 1000).toISOString(),
    }),
  );
  return [...day(), ...many];
}

interface Answer {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

let query: AuditQuery;
beforeAll(async () => {
  const log = join(base, 'audit.log');
  writeFileSync(log, ndjson(requests()));
  await using importer = await Importer.open({ dir });
  await importer.import([await fileSource(log)]);
  query = await AuditQuery.open(dir);
});
afterAll(async () => {
  await query[Symbol.asyncDispose]();
  rmSync(base, { recursive: true, force: true });
});

async function here({ names, parameters }: Asked): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const report of reportsNamed(names)) {
    const { columns, rows } = await query.report(report, parameters);
    const plain = (value: unknown) => (typeof value === 'bigint' ? Number(value) : value);
    answers.push({
      name: report.name,
      columns: columns.map(({ name }) => name),
      rows: rows.map((row) => row.map(plain)),
    });
  }
  return answers;
}

/** One start of the engine for all that is asked. */
function there(engine: OtherEngine): Answer[] {
  const work = join(base, engine);
  const events = join(dir, 'events');
  writeHandOver(work, { engine, reports: reports(), events });
  const asked = ASKED.flatMap(({ names, parameters }) =>
    statements({ engine, reports: reportsNamed(names), parameters, events }),
  );
  const order = join(work, 'asked.json');
  writeFileSync(order, JSON.stringify({ events: [events], reports: asked }));
  return run(join(work, `${engine}.py`), order);
}

function run(program: string, order: string): Answer[] {
  const small = '--master local[2] --conf spark.sql.shuffle.partitions=1 --conf spark.ui.enabled=false pyspark-shell';
  const env = { ...process.env, SPARK_LOCAL_IP: '127.0.0.1', PYSPARK_SUBMIT_ARGS: small };
  const { status, stdout, stderr } = spawnSync(PYTHON, [program, order], { env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${program} failed: ${stderr.slice(-3000)}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

it('67 what is handed over runs as it is', () => {
  const work = join(base, 'handed-over');
  writeHandOver(work, {
    engine: 'spark',
    reports: reportsNamed(['verbs']),
    events: join(dir, 'events'),
    bytes: 10 ** 12,
  });
  const env = {
    ...process.env,
    SPARK_LOCAL_IP: '127.0.0.1',
    PATH: `${dirname(PYTHON)}:${process.env.PATH}`,
    PYSPARK_PYTHON: PYTHON,
  };
  const { stdout, stderr } = spawnSync(join(work, 'submit.sh'), [], { env, encoding: 'utf8', maxBuffer: 1 << 28 });
  const [answer] = stdout.split('\n').filter((line) => line.startsWith('{"name"'));
  expect(answer, stderr.slice(-2000)).toContain('"verbs"');
});

describe.each(['spark', 'clickhouse'] as const)('%s', (engine) => {
  it(`64 every report gives the rows that DuckDB gives`, async () => {
    const answers = there(engine);
    const expected: Answer[] = [];
    for (const asked of ASKED) expected.push(...(await here(asked)));
    expect(answers.length).toBe(expected.length);
    for (const [i, answer] of answers.entries()) expect(answer, `${answer.name} on ${engine}`).toEqual(expected[i]);
    expect(expected.filter(({ rows }) => rows.length > 0).length).toBeGreaterThan(reports().length);
  });
});
