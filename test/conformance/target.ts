/**
 * What the behaviour suite is run on. JDOS_TARGET says which: `embedded` (the default), `real`, or the path of a
 * kubeconfig of any other cluster whose administrator one is.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { startControllers, startControlPlane } from '../../src/controlplane/index.ts';
import { KubeClient, loadKubeconfig } from '../../src/kube/index.ts';
import { startRealControlPlane } from '../real/real-control-plane.ts';

export interface Target {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

export const TARGET = process.env.JDOS_TARGET ?? 'embedded';

export function startTarget(): Promise<Target> {
  if (TARGET === 'embedded') return startEmbedded();
  if (TARGET === 'real') return startRealControlPlane();
  return Promise.resolve({ kubeconfig: TARGET, stop: async () => undefined });
}

async function startEmbedded(): Promise<Target> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jdos-conformance-'));
  const kubeconfig = join(dataDir, 'kubeconfig');
  const abort = new AbortController();
  const plane = await startControlPlane({ dataDir, onError: (error, path) => console.error(path, error) });
  writeFileSync(kubeconfig, plane.adminKubeconfig, { mode: 0o600 });
  const client = new KubeClient(await loadKubeconfig({ path: kubeconfig }));
  await startControllers({ client, signal: abort.signal, rootCertificate: plane.caPem });
  return {
    kubeconfig,
    async stop() {
      abort.abort();
      await client.close();
      await plane.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
