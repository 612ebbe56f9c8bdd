/** Facts that agents have dropped into a directory, a file a host: `NAME.facts`. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Transport } from './transport.ts';

export interface FileOptions {
  readonly dir: string;
  /** How often agents send. @default five minutes */
  readonly intervalMs?: number;
}

export function fileTransport({ dir, intervalMs = 300_000 }: FileOptions): Transport {
  return {
    name: 'file',
    async collect({ host }) {
      if (!/^[\w.:-]+$/.test(host) || host.startsWith('.')) throw new Error(`${host} is no name of a file`);
      const path = join(dir, `${host}.facts`);
      const { mtimeMs } = await stat(path).catch(() => {
        throw new Error(`there is no ${path}`);
      });
      return { text: await readFile(path, 'utf8'), sent: { at: mtimeMs, intervalMs } };
    },
  };
}
