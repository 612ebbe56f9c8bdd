/** A child process that runs an embedded control plane: sends its kubeconfig, then its processor time whenever asked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { startControlPlane } from '../../src/controlplane/index.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'jdos-bench-'));
const plane = await startControlPlane({ dataDir });
const path = join(dataDir, 'kubeconfig');
writeFileSync(path, plane.adminKubeconfig, { mode: 0o600 });
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on('disconnect', () => {
  rmSync(dataDir, { recursive: true, force: true });
  process.exit(0);
});
process.send?.(path);
