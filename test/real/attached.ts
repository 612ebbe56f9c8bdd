/** JDOS attached to a real cluster as its operators would attach it: `jdos install`, then `jdos up --attach`. */
import { Informer, PODS } from '../../src/kube/index.ts';
import type { Stage } from '../e2e/groups/world.ts';
import { Cluster as Attached, eventually, type Output, ROOT, run } from '../e2e/harness.ts';
import type { RealCluster } from './real-cluster.ts';

export interface AttachedJdos {
  readonly up: Attached;
  /** Where tests of Groups may play: time passes by itself here. */
  readonly stage: Stage;
  stop(): Promise<void>;
}

export function install(cluster: RealCluster, ...options: readonly string[]): Promise<Output> {
  return run(`${ROOT}/jdos`, ['install', '--attach', '--kubeconfig', cluster.plane.kubeconfig, ...options]);
}

/** The kinds of JDOS must be installed. */
export async function attach(cluster: RealCluster): Promise<AttachedJdos> {
  const up = await Attached.up({ args: ['--attach', '--kubeconfig', cluster.plane.kubeconfig] });
  const end = new AbortController();
  const { client } = cluster;
  const pods = new Informer(client, PODS);
  pods.start(end.signal);
  await pods.synced(end.signal);
  const until: Stage['until'] = (ask, holds, what) => eventually(async () => ask(), holds, { what, lookMs: 100 });
  return {
    up,
    stage: { client, pods, until },
    async stop() {
      end.abort();
      await up.stop();
    },
  };
}
