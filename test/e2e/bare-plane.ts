/** The embedded control plane in this process with the quickest of kubelets: no fleet, no scheduler, no command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ControllersOptions,
  type ControlPlane,
  type ControlPlaneOptions,
  startControllers,
  startControlPlane,
} from '../../src/controlplane/index.ts';
import { type Informer, KubeClient, loadKubeconfig, type Pod } from '../../src/kube/index.ts';
import { type KubeletOptions, startInstantKubelet } from './instant-kubelet.ts';

export interface BarePlane {
  readonly plane: ControlPlane;
  readonly client: KubeClient;
  /** All Pods, as they change. */
  readonly pods: Informer<Pod>;
  /** What the API server and the controllers complained of. */
  readonly faults: string[];
  connect(): Promise<KubeClient>;
  controllers(options?: Pick<ControllersOptions, 'only' | 'clock'>): Promise<void>;
  stop(): Promise<void>;
}

export async function startBarePlane(
  nodes: readonly string[],
  kubelet: KubeletOptions = {},
  options: Pick<ControlPlaneOptions, 'kubelet'> = {},
): Promise<BarePlane> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jdos-bare-'));
  const kubeconfig = join(dataDir, 'kubeconfig');
  const abort = new AbortController();
  const faults: string[] = [];
  const plane = await startControlPlane({
    ...options,
    dataDir,
    onError: (error, path) => faults.push(`${path}: ${error}`),
  });
  writeFileSync(kubeconfig, plane.adminKubeconfig, { mode: 0o600 });
  const clients: KubeClient[] = [];
  const connect = async () => {
    const client = new KubeClient(await loadKubeconfig({ path: kubeconfig }));
    clients.push(client);
    return client;
  };
  const client = await connect();
  const pods = await startInstantKubelet(client, nodes, abort.signal, kubelet);
  return {
    plane,
    client,
    pods,
    faults,
    connect,
    async controllers(options) {
      await startControllers({
        client: await connect(),
        signal: abort.signal,
        rootCertificate: plane.caPem,
        onError: (name, key, error) => faults.push(`${name} ${key}: ${error}`),
        ...options,
      });
    },
    async stop() {
      abort.abort();
      for (const one of clients) await one.close();
      await plane.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
