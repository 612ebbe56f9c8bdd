/** Where the fleet's kubelets answer: a file in the data directory by which the API server finds them. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeletAddress } from '../../controlplane/index.ts';

const NAME = 'kubelet.json';

/** Only the owner may read it: the token in it opens every container. */
export function writeKubeletFile(dataDir: string, address: KubeletAddress): void {
  const file = join(dataDir, NAME);
  writeFileSync(`${file}.new`, JSON.stringify(address), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Undefined where no fleet has said anything yet. */
export function readKubeletFile(dataDir: string): KubeletAddress | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir, NAME), 'utf8')) as KubeletAddress;
  } catch {
    return undefined;
  }
}
