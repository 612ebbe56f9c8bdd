/** Packs tables that have been written to much. It is never urgent: what fails is done another time. */
import { type Clock, sleep } from '../../kube/index.ts';
import { compact, type Layout } from '../tables/index.ts';
import type { Outlet } from './outlet.ts';

/** DuckDB refuses a checkpoint while it takes another transaction for a writer, as it does some readers. */
const TRIES = 20;
const PAUSE_MS = 100;

/** One table after the other, so that nobody waits long. */
export async function compactTables(outlet: Outlet, layout: Layout, clock: Clock): Promise<void> {
  for (const table of layout.tables) await outlet.send({ appends: [], statements: compact(table) });
  await checkpoint(outlet, clock);
}

/** Compresses what is stored. False where others were in the way all the time. */
export async function checkpoint(outlet: Outlet, clock: Clock): Promise<boolean> {
  for (let tried = 0; tried < TRIES; tried++) {
    const done = await outlet.send({ appends: [], statements: ['CHECKPOINT store'] }).then(
      () => true,
      () => false,
    );
    if (done) return true;
    await sleep(clock, PAUSE_MS);
  }
  return false;
}
