/** `jdos apilogs import --follow`: goes on as logs grow, until it is stopped. */
import { join, resolve } from 'node:path';
import process from 'node:process';
import { JdosError } from '../../errors/index.ts';
import { stopSignal } from '../up/stop-signal.ts';
import type { ImportOptions } from './import.ts';
import { keepOf } from './keep.ts';
import { originOf } from './origin.ts';
import { tell } from './told.ts';

export async function followLogs(files: readonly string[], options: ImportOptions): Promise<void> {
  if (files.includes('-'))
    throw new JdosError('JDOS_ERR_USAGE', { detail: 'a pipe needs no --follow: it is read to its end' });
  const { follow } = await import('../../apilogs/index.ts');
  const paths = files.length > 0 ? files.map((file) => resolve(file)) : [join(options.data, 'audit.log')];
  const [keep, signal] = [keepOf(options), stopSignal()];
  process.stderr.write(`following ${paths.join(', ')}\n`);
  // A timer of the clock keeps no process alive.
  const alive = setInterval(() => undefined, 60_000);
  const everyMs = options.every * 1000;
  const own = { ...originOf(options), ...(keep && { tidy: { keep } }) };
  await follow({ ...own, paths, everyMs, signal, onEvent: tell }).finally(() => clearInterval(alive));
}
