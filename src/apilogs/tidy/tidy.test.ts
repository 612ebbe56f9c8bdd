import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { event, events, ndjson } from '../event.testing.ts';
import { Importer } from '../import/importer.ts';
import { AuditQuery } from '../query/index.ts';
import type { EventFile } from '../store/index.ts';
import { TestLogs } from '../store.testing.ts';
import { expired, hourOf, LARGE, mergesOf } from './index.ts';

const HOUR_MS = 3_600_000;
const start = Date.UTC(2026, 10, 26, 10);

function fileOf(hour: number, id: number, bytes: number): EventFile {
  const time = new Date(start + hour * HOUR_MS).toISOString();
  const us = (start + hour * HOUR_MS) * 1000;
  const name = `events/dt=${time.slice(0, 10)}/hour=${time.slice(11, 13)}/${id}.parquet`;
  return { name, rows: 10, bytes, minUs: us, maxUs: us + 1 };
}

const someFiles = fc
  .array(fc.record({ hour: fc.nat(60), bytes: fc.integer({ min: 1, max: 2 * LARGE }) }), { maxLength: 60 })
  .map((all) => all.map(({ hour, bytes }, id) => fileOf(hour, id, bytes)));

describe('merging', () => {
  it('puts files of one hour together, each once, and no more at a time than memory holds', () => {
    fc.assert(
      fc.property(someFiles, fc.boolean(), fc.integer({ min: 2, max: 9 }), (files, all, atLeast) => {
        const merges = mergesOf(files, { all, atLeast });
        const names = merges.flat().map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        for (const merge of merges) {
          expect(merge.length).toBeGreaterThanOrEqual(atLeast);
          expect(new Set(merge.map(({ name }) => hourOf(name))).size).toBe(1);
          expect(merge.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(LARGE);
        }
      }),
    );
  });

  it('leaves every event where it was, in few files, while others read', async () => {
    await using logs = new TestLogs();
    for (let n = 0; n < 10; n++) await logs.import([logs.file(`${n}.log`, ndjson(events(20, {}, n * 20)))]);
    const before = await logs.rows('SELECT * FROM events ORDER BY audit_id');
    await using query = await AuditQuery.open(logs.dir);
    const count = async () => (await query.ask('SELECT count(*) FROM events')).rows;
    expect(await count()).toEqual([[200n]]);
    await using importer = await Importer.open({ dir: logs.dir });
    expect(await importer.tidy()).toMatchObject({ merged: 10, into: 1 });
    expect(await count()).toEqual([[200n]]);
    expect(await logs.rows('SELECT * FROM events ORDER BY audit_id')).toEqual(before);
    expect(parquetIn(logs.dir)).toHaveLength(1);
    expect(await importer.tidy()).toMatchObject({ merged: 0 });
  });

  it('58 a death while files are merged loses nothing and leaves nothing twice', async () => {
    await using logs = new TestLogs();
    for (let n = 0; n < 9; n++) await logs.import([logs.file(`${n}.log`, ndjson(events(5, {}, n * 5)))]);
    for (let at = 1; at < 5; at++) {
      let left = at;
      const step = () => {
        if (--left === 0) throw new Error('died');
      };
      await using importer = await Importer.open({ dir: logs.dir, step });
      await importer.tidy({ atLeast: 2, all: true }).catch(() => undefined);
    }
    await using importer = await Importer.open({ dir: logs.dir });
    await importer.tidy({ atLeast: 2, all: true });
    expect(await logs.ids()).toEqual(events(45).map(({ auditID }) => auditID));
    expect(parquetIn(logs.dir)).toHaveLength(1);
  });
});

describe('retention', () => {
  it('65 takes whole hours away, the oldest first, and never the one that is being written', () => {
    const wishes = fc.record({
      ms: fc.option(fc.integer({ min: 0, max: 70 * HOUR_MS }), { nil: undefined }),
      bytes: fc.option(fc.integer({ min: 0, max: 60 * LARGE }), { nil: undefined }),
    });
    fc.assert(
      fc.property(someFiles, wishes, fc.integer({ min: 0, max: 70 * HOUR_MS }), (files, { ms, bytes }, passed) => {
        const now = start + passed;
        const keep = { ...(ms !== undefined && { ms }), ...(bytes !== undefined && { bytes }) };
        const gone = new Set(expired(files, keep, now).map(({ name }) => name));
        const left = files.filter(({ name }) => !gone.has(name));
        const [goneHours, leftHours] = [[...gone], left.map(({ name }) => name)].map((names) =>
          names.map(hourOf).sort(),
        );
        if (files.length > 0)
          expect(leftHours).toContain(
            files
              .map(({ name }) => hourOf(name))
              .sort()
              .at(-1),
          );
        if (gone.size > 0) expect(goneHours!.at(-1)! < leftHours![0]!).toBe(true);
        const closed = left.filter(
          ({ name, minUs }) => hourOf(name) !== leftHours!.at(-1) && minUs / 1000 + HOUR_MS <= now,
        );
        if (ms !== undefined)
          for (const { minUs } of closed) expect(minUs / 1000 + HOUR_MS).toBeGreaterThanOrEqual(now - ms);
        if (bytes !== undefined && closed.length > 0)
          expect(left.reduce((sum, file) => sum + file.bytes, 0)).toBeLessThanOrEqual(bytes);
      }),
    );
  });

  it('65 removes the files too, with their directories', async () => {
    await using logs = new TestLogs();
    const hours = Array.from({ length: 4 }, (_, n) => event(n, { at: new Date(start + n * HOUR_MS).toISOString() }));
    await logs.import([logs.file('audit.log', ndjson(hours))]);
    await using importer = await Importer.open({ dir: logs.dir, now: () => start + 3.5 * HOUR_MS });
    expect(await importer.tidy({ keep: { ms: HOUR_MS } })).toMatchObject({ removed: { files: 2, events: 2 } });
    expect(await logs.ids()).toEqual(hours.slice(2).map(({ auditID }) => auditID));
    expect(readdirSync(join(logs.dir, 'events/dt=2026-11-26')).sort()).toEqual(['hour=12', 'hour=13']);
    expect(existsSync(join(logs.dir, 'events/dt=2026-11-26/hour=10'))).toBe(false);
  });
});

function parquetIn(dir: string): string[] {
  return readdirSync(join(dir, 'events'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.parquet'));
}
