/** Says when one machine is no longer enough, and with which command to go on. */
import process from 'node:process';
import type { Extent } from '../../apilogs/index.ts';
import { type StoreOptions, storeOf } from './store.ts';

export async function adviseIfOutgrown(
  extent: Pick<Extent, 'bytes'>,
  options: StoreOptions,
  slowestMs?: number,
): Promise<void> {
  const { outgrown } = await import('../../apilogs/index.ts');
  const why = outgrown(extent, slowestMs);
  if (!why) return;
  const command = `jdos apilogs hand-over DIRECTORY --engine spark --events s3a://…  (of ${storeOf(options)})`;
  process.stderr.write(`${why}: that is work for more than one machine. The same reports for a cluster: ${command}\n`);
}
