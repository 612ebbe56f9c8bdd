/** The embedded control plane, its controllers, the scheduler and the simulated fleet in this process, without `jdos up`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControllers, startControlPlane } from '../../src/controlplane/index.ts';
import { ensureHosts, makeHosts, startFleet } from '../../src/fleet/index.ts';
import { DEPLOYMENTS, type Draft, KubeClient, loadKubeconfig, type Node } from '../../src/kube/index.ts';
import { startScheduler } from '../../src/scheduler/index.ts';
import { eventually } from './harness.ts';

export interface FleetPlane {
  readonly dataDir: string;
  readonly kubeconfig: string;
  readonly client: KubeClient;
  readonly faults: string[];
  connect(): Promise<KubeClient>;
  /** A Deployment with as many replicas, all of them ready. */
  deploy(name: string, replicas: number, extra?: object): Promise<void>;
  stop(): Promise<void>;
}

export async function startFleetPlane(hosts: readonly Draft<Node>[] | number): Promise<FleetPlane> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jdos-fleet-plane-'));
  const kubeconfig = join(dataDir, 'kubeconfig');
  const abort = new AbortController();
  const { signal } = abort;
  const faults: string[] = [];
  const clients: KubeClient[] = [];
  let handle: { address: { host: string; port: number; token: string } } | undefined;
  const plane = await startControlPlane({
    dataDir,
    kubelet: () => handle?.address,
    onError: (error, path) => faults.push(`${path}: ${error}`),
  });
  writeFileSync(kubeconfig, plane.adminKubeconfig, { mode: 0o600 });
  const connect = async () => {
    const client = new KubeClient(await loadKubeconfig({ path: kubeconfig }));
    clients.push(client);
    return client;
  };
  const client = await connect();
  await startControllers({ client: await connect(), signal, rootCertificate: plane.caPem });
  await startScheduler({ client: await connect(), signal, onError: () => {} });
  await ensureHosts(client, typeof hosts === 'number' ? makeHosts(hosts) : hosts);
  const fleet = await startFleet({ client: await connect(), signal });
  handle = { address: fleet.kubelet };
  return {
    dataDir,
    kubeconfig,
    client,
    faults,
    connect,
    async deploy(name, replicas, extra = {}) {
      const labels = { app: name };
      const spec = { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image: 'web:1', ...extra }] };
      const template = { metadata: { labels }, spec };
      await client.create(DEPLOYMENTS, {
        metadata: { name, namespace: 'default' },
        spec: { replicas, selector: { matchLabels: labels }, template },
      });
      const ask = () => client.get(DEPLOYMENTS, name, { namespace: 'default' });
      await eventually(ask, (seen) => seen.status?.readyReplicas === replicas, { what: `${name} ready` });
    },
    async stop() {
      await fleet.stop();
      abort.abort();
      for (const one of clients) await one.close();
      await plane.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
