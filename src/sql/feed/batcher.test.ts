import { expect, it } from 'vitest';
import type { KubeObject } from '../../kube/index.ts';
import { systemClock } from '../../kube/index.ts';
import { TestStore, testPod } from '../store.testing.ts';
import { KINDS, layOut } from '../tables/index.ts';
import { Batcher } from './batcher.ts';
import { KnownObjects } from './known-objects.ts';
import { objectKey } from './object-key.ts';
import { Outlet } from './outlet.ts';
import { Part } from './part.ts';

const PODS = 3000;
const ROUNDS = 12;
const pod = (i: number, round: number) =>
  testPod(`p${i}`, {
    labels: { round: `r${round}` },
    spec: { containers: [{ name: 'c', image: `i${(i + round) % 50}` }] },
  });

it('18 changes by the thousand leave no holes: memory is soon what a fresh table needs, and nobody who asks meanwhile fails', async () => {
  const store = await TestStore.start();
  try {
    const outlet = new Outlet((batch) => store.engine.write(batch));
    const faults: unknown[] = [];
    const batcher = new Batcher(outlet, systemClock, { onError: (error) => faults.push(error), deadRows: 2000 });
    const layout = layOut(KINDS[0]!);
    const known = new KnownObjects(layout.tables.length - 1);
    const make = () => {
      return { part: new Part(layout, 'test'), known, after: () => [], onLost: (error: unknown) => faults.push(error) };
    };
    const put = (object: KubeObject) => batcher.put(known, make, objectKey('test', object.metadata), object);
    const seen = (round: number) =>
      expect.poll(
        async () => (await store.rows(`select count(*) from pods where labels['round'] = 'r${round}'`))[0]![0],
        {
          timeout: 60_000,
        },
      );
    for (let i = 0; i < PODS; i++) put(pod(i, 0));
    await seen(0).toBe(BigInt(PODS));
    const fresh = await bytes(store);
    const asking = { on: true, counts: new Set<unknown>() };
    const asked = askOn(store, asking);
    for (let round = 1; round <= ROUNDS; round++) {
      for (let i = 0; i < PODS; i++) put(pod(i, round));
      await seen(round).toBe(BigInt(PODS));
    }
    asking.on = false;
    await asked;
    expect([...asking.counts]).toEqual([BigInt(PODS)]);
    expect(faults).toEqual([]);
    for (let i = 0; i < PODS; i++) put(pod(i, ROUNDS + 1));
    await expect.poll(() => bytes(store), { timeout: 60_000 }).toBeLessThan(2 * fresh);
  } finally {
    await store.stop();
  }
}, 120_000);

async function askOn(store: TestStore, asking: { on: boolean; counts: Set<unknown> }): Promise<void> {
  while (asking.on) asking.counts.add((await store.rows('select count(*) from pods'))[0]![0]);
}

/** What the engine's tables hold in memory. */
async function bytes(store: TestStore): Promise<number> {
  const sql = "SELECT sum(memory_usage_bytes)::DOUBLE FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'";
  return Number((await store.engine.rows({ sql, user: 'test' }))[0]![0]);
}
