import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { extentIn } from '../query/index.ts';
import { reports } from '../reports/index.ts';
import { Ledger, ledgerOf } from '../store/index.ts';
import { writeHandOver } from './hand-over.ts';
import { outgrown, sparkSettings } from './outgrown.ts';

const base = mkdtempSync(join(tmpdir(), 'jdos-outgrown-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

it('67 a terabyte is work for more than one machine, and so is a report that takes too long', () => {
  expect(outgrown({ bytes: 10 ** 12 })).toBeUndefined();
  expect(outgrown({ bytes: 1.5 * 10 ** 12 })).toContain('1.5 TB');
  expect(outgrown({ bytes: 0 }, 61_000)).toContain('61 s');
});

it('67 of a terabyte it hands over what runs: settings for so much, and a program that starts it', () => {
  const dir = join(base, 'store');
  mkdirSync(dir);
  using ledger = new Ledger(ledgerOf(dir));
  const files = Array.from({ length: 1200 }, (_, n) => ({
    name: `events/dt=2026-11-26/hour=10/${n}.parquet`,
    rows: 10 ** 7,
    bytes: 10 ** 9,
    minUs: n,
    maxUs: n + 1,
  }));
  ledger.commit({ files, marks: [], rejects: [], lines: 0, events: 0, duplicates: 0, rejected: 0 });
  const extent = extentIn(dir)!;
  expect(outgrown(extent)).toContain('1.2 TB');
  const written = writeHandOver(join(base, 'out'), {
    engine: 'spark',
    reports: reports(),
    events: 's3a://logs/events',
    bytes: extent.bytes,
  });
  expect(written).toEqual(
    expect.arrayContaining(['spark.py', 'submit.sh', 'spark-defaults.conf', 'reports.json', 'users.sql']),
  );
  expect(readFileSync(join(base, 'out/spark-defaults.conf'), 'utf8')).toContain('spark.executor.instances 24\n');
  expect(statSync(join(base, 'out/submit.sh')).mode & 0o100).toBe(0o100);
});

it('asks for no more executors than a cluster has, and for some at least', () => {
  expect(sparkSettings(0)['spark.executor.instances']).toBe('2');
  expect(sparkSettings(10 ** 15)['spark.executor.instances']).toBe('200');
});
