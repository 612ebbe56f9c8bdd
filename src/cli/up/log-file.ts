/** Where the parts' own words go, so that the terminal stays quiet: `log` in the data directory, with one predecessor. */
import { createWriteStream, existsSync, renameSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

export function openLog(dir: string): WriteStream {
  const file = join(dir, 'log');
  if (existsSync(file)) renameSync(file, `${file}.1`);
  return createWriteStream(file, { mode: 0o600 });
}
