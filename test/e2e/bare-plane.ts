/** A control plane with the quickest of kubelets: no fleet, no scheduler, no command line. */
import type { Informer, KubeClient, Pod } from '../../src/kube/index.ts';
import { type KubeletOptions, startInstantKubelet } from './instant-kubelet.ts';
import { type ControlOptions, type Plane, type PlaneOptions, startPlane } from './plane.ts';

export interface BarePlane extends Pick<Plane, 'kubeconfig' | 'caPem' | 'connect'> {
  readonly client: KubeClient;
  /** All Pods, as they change. */
  readonly pods: Informer<Pod>;
  /** What the API server and the controllers complained of. */
  readonly faults: string[];
  controllers(options?: Pick<ControlOptions, 'only' | 'clock'>): Promise<void>;
  stop(): Promise<void>;
}

export async function startBarePlane(
  nodes: readonly string[],
  kubelet: KubeletOptions = {},
  options: Pick<PlaneOptions, 'kubelet'> = {},
): Promise<BarePlane> {
  const abort = new AbortController();
  const { signal } = abort;
  const faults: string[] = [];
  const plane = await startPlane({ ...options, onError: (error, path) => faults.push(`${path}: ${error}`) });
  const { kubeconfig, caPem, connect } = plane;
  const client = await connect();
  const pods = await startInstantKubelet(client, nodes, signal, kubelet);
  const onError = (name: string, key: string, error: unknown) => faults.push(`${name} ${key}: ${error}`);
  return {
    kubeconfig,
    caPem,
    client,
    pods,
    faults,
    connect,
    controllers: (control) => plane.control({ signal, onError, ...control }),
    async stop() {
      abort.abort();
      await plane.stop();
    },
  };
}
