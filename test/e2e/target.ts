/** What a conversation is held with: `jdos up`, or (JDOS_TARGET=real) a real Kubernetes on which the same fleet lives. */
import process from 'node:process';
import { ensureHosts, makeHosts, startFleet } from '../../src/fleet/index.ts';
import { KubeClient, loadKubeconfig } from '../../src/kube/index.ts';
import { startRealControlPlane } from '../real/real-control-plane.ts';
import { Cluster } from './harness.ts';

export interface Target {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  stop(): Promise<unknown>;
}

export const REAL = process.env.JDOS_TARGET === 'real';

export function startTarget(hosts: number): Promise<Target> {
  return REAL ? startReal(hosts) : Cluster.up({ args: ['--hosts', String(hosts)] });
}

async function startReal(hosts: number): Promise<Target> {
  const plane = await startRealControlPlane({ scheduler: true });
  const client = new KubeClient(await loadKubeconfig({ path: plane.kubeconfig }));
  const stop = new AbortController();
  await ensureHosts(client, makeHosts(hosts));
  const fleet = await startFleet({ client, signal: stop.signal });
  return {
    kubeconfig: plane.kubeconfig,
    stop: async () => {
      await fleet.stop();
      stop.abort();
      await client.close();
      await plane.stop();
    },
  };
}
