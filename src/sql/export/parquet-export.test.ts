import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { VirtualClock } from '../../kube/index.ts';
import { TestStore, testPod } from '../store.testing.ts';
import { ParquetExport } from './parquet-export.ts';

const directory = mkdtempSync(join(tmpdir(), 'jdos-export-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('a snapshot is Parquet files of all tables, and only so many are kept', async () => {
  const store = await TestStore.start({ directories: [directory] });
  try {
    await store.put('Pod', [testPod('a', { labels: { app: 'x' } }), testPod('b')]);
    const clock = new VirtualClock();
    const snapshots = new ParquetExport((into) => store.sql.writeParquet(into), {
      directory,
      everyMs: 1000,
      keep: 2,
      clock,
    });
    const made: string[] = [];
    for (let i = 0; i < 3; i++) {
      made.push(await snapshots.once());
      await clock.advance(1000);
    }
    expect(readdirSync(directory).sort()).toEqual(made.slice(1).map((path) => path.slice(directory.length + 1)));
    expect(readdirSync(made[2]!)).toEqual(expect.arrayContaining(['pods__core.parquet', 'containers.parquet']));
    const read = `SELECT name, labels['app'], created_at FROM read_parquet('${made[2]}/pods__core.parquet') ORDER BY name`;
    expect(await store.engine.rows({ sql: read, user: 'test' })).toEqual([
      ['a', 'x', '2026-01-02 03:04:05+00'],
      ['b', null, '2026-01-02 03:04:05+00'],
    ]);
    expect(await store.refusal(`select * from read_parquet('${made[2]}/pods__core.parquet')`)).toMatchObject({
      code: '42501',
    });
  } finally {
    await store.stop();
  }
});

it('snapshots are written every so often; one that fails is told, leaves nothing and is made up for by the next', async () => {
  const place = join(directory, 'every');
  const clock = new VirtualClock();
  const [told, stop] = [[] as unknown[], new AbortController()];
  let failing = true;
  const write = async (into: string) => {
    writeFileSync(join(into, 'pods__core.parquet'), '');
    if (failing) throw new Error('the disk is full');
  };
  const snapshots = new ParquetExport(write, {
    directory: place,
    everyMs: 1000,
    clock,
    onError: (error) => told.push(error),
  });
  const running = snapshots.run(stop.signal);
  await expect.poll(() => told.length).toBe(1);
  failing = false;
  await clock.advance(1000);
  await expect.poll(() => readdirSync(place)).toEqual([expect.stringMatching(/^snapshot=/)]);
  await clock.advance(1000);
  await expect.poll(() => readdirSync(place).length).toBe(2);
  expect(told.map(String)).toEqual(['Error: the disk is full']);
  stop.abort();
  await running;
});
