/** A real control plane with a real node and a client: what tests of containers need. */
import {
  type Draft,
  isConditionTrue,
  isStatus,
  KubeClient,
  loadKubeconfig,
  PODS,
  type Pod,
  SERVICE_ACCOUNTS,
} from '../../src/kube/index.ts';
import { type RealControlPlane, type RealOptions, startRealControlPlane } from './real-control-plane.ts';
import { type NodeOptions, type RealNode, startRealNode } from './real-node.ts';
import { until } from './until.ts';

export const NAMESPACE = 'default';

export class RealCluster {
  readonly plane: RealControlPlane;
  readonly node: RealNode;
  readonly client: KubeClient;

  private constructor(plane: RealControlPlane, node: RealNode, client: KubeClient) {
    this.plane = plane;
    this.node = node;
    this.client = client;
  }

  static async start(options: { plane?: RealOptions; node?: NodeOptions } = {}): Promise<RealCluster> {
    const plane = await startRealControlPlane({ scheduler: true, ...options.plane });
    try {
      const node = await startRealNode(plane, options.node);
      const client = new KubeClient(await loadKubeconfig({ path: plane.kubeconfig }));
      const account = () => client.get(SERVICE_ACCOUNTS, 'default', { namespace: NAMESPACE });
      await until(() => account().catch(absent), 'the default service account');
      return new RealCluster(plane, node, client);
    } catch (error) {
      await plane.stop();
      throw error;
    }
  }

  pod(name: string): Promise<Pod> {
    return this.client.get(PODS, name, { namespace: NAMESPACE });
  }

  /** Creates a Pod of one container that runs the first version, changed as told, and waits until it is Ready. */
  async run(name: string, spec: Partial<Pod['spec']> = {}, metadata: Draft<Pod>['metadata'] = {}): Promise<Pod> {
    const containers = [{ name: 'app', image: this.node.app.v1.tagged }];
    const draft = {
      metadata: { ...metadata, name, namespace: NAMESPACE },
      spec: { terminationGracePeriodSeconds: 1, containers, ...spec },
    };
    await this.client.create(PODS, draft);
    return this.see(name, (pod) => isConditionTrue(pod, 'Ready'), 'be Ready');
  }

  /** Waits until the Pod is so. */
  see(name: string, so: (pod: Pod) => boolean, what: string): Promise<Pod> {
    const seen = async () => {
      const pod = await this.pod(name);
      return so(pod) && pod;
    };
    return until(seen, `Pod ${name} to ${what}`);
  }

  /** A strategic merge patch of the Pod. */
  patch(name: string, body: object): Promise<Pod> {
    return this.client.patch(PODS, name, { kind: 'strategic', body }, { namespace: NAMESPACE });
  }

  /** What a command in the Pod's container prints. */
  async exec(name: string, ...command: readonly string[]): Promise<string> {
    const session = await this.client.exec(name, { namespace: NAMESPACE, command });
    const [out, complaint] = await Promise.all([textOf(session.stdout), textOf(session.stderr)]);
    const code = await session.exitCode;
    if (code !== 0) throw new Error(`${command.join(' ')} in Pod ${name}: ${code}: ${complaint}`);
    return out;
  }

  /** Kills the container as a crash would. */
  async kill(name: string, container = 'app'): Promise<void> {
    const id = containerId(await this.pod(name), container);
    await this.node.run('ctr', '--namespace', 'k8s.io', 'tasks', 'kill', '--signal', 'SIGKILL', id);
  }

  /** Kills the container and waits until it runs again. */
  async crash(name: string, restarts: number): Promise<Pod> {
    await this.kill(name);
    return this.restarted(name, restarts);
  }

  restarted(name: string, restarts: number): Promise<Pod> {
    return this.see(name, (pod) => isRunning(pod, 'app', restarts), `have restarted ${restarts} times`);
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.node.stop();
    await this.plane.stop();
  }
}

export type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

export function statusOf(pod: Pod, container: string): Partial<ContainerStatus> {
  return pod.status?.containerStatuses?.find(({ name }) => name === container) ?? {};
}

export function containerId(pod: Pod, container: string): string {
  return statusOf(pod, container).containerID?.replace('containerd://', '') ?? '';
}

/** Is the container up again, after exactly so many restarts? More are an error. */
export function isRunning(pod: Pod, container: string, restarts: number): boolean {
  const { restartCount = 0, ready } = statusOf(pod, container);
  if (restartCount > restarts)
    throw new Error(`${container} of Pod ${pod.metadata.name} restarted ${restartCount} times`);
  return restartCount === restarts && ready === true;
}

function absent(error: unknown): undefined {
  if (!isStatus(error, 'NotFound')) throw error;
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(stream)).toString();
}
