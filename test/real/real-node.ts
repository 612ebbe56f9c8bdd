/**
 * A real node: containerd, runc, CNI plugins and the kubelet of the pinned version, in namespaces of its own on this
 * machine. It joins a control plane, real or embedded, as any node does: with a certificate of its own user.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isConditionTrue, KubeClient, loadKubeconfig, NODES, type Pod } from '../../src/kube/index.ts';
import type { Credentials } from './credentials.ts';
import { hierarchyOf, makeCgroup, makeDirectory, removeCgroup } from './leftovers.ts';
import { type AddressPlugin, type Containerd, startContainerd } from './node/containerd.ts';
import { type Host, startHost } from './node/host.ts';
import { prepareKubelet } from './node/kubelet.ts';
import { startRelay } from './node/relay.ts';
import type { RunningProgram } from './process.ts';
import { until } from './until.ts';

export interface NodeOptions {
  /** @default 'real-0' */
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Fields of the kubelet's configuration in place of those chosen here. */
  readonly kubelet?: Readonly<Record<string, unknown>>;
  /** Gives Pods their addresses in place of host-local. */
  readonly addresses?: AddressPlugin;
}

/** What a node needs of the control plane it joins. */
export interface Cluster {
  readonly url: string;
  readonly credentials: Pick<Credentials, 'admin' | 'caPem' | 'kubeconfig' | 'serving'>;
}

export interface RealNode {
  readonly name: string;
  /** Address of the node, which is reached from this machine only. */
  readonly address: string;
  /** The network of its Pods, of which it is the gateway. */
  readonly podCidr: string;
  /** Where programs on it reach the API. */
  readonly apiUrl: string;
  /** Its control group, below the root of each hierarchy. */
  readonly cgroup: string;
  /** Where the kernel keeps what a controller knows of a container. */
  cgroupOf(pod: Pod, containerId: string, controller: string): string;
  /** Logs, state and images; gone after `stop`. */
  readonly directory: string;
  /** The images it has: two versions of an application. */
  readonly app: Containerd['app'];
  /** Runs a command on the node, `ctr` or `crictl` for one. */
  run(command: string, ...args: readonly string[]): Promise<string>;
  /** Starts a program on the node that lives until it is stopped, or the node ends. */
  start(path: string, ...args: readonly string[]): RunningProgram;
  /** The containers live on without a kubelet. */
  stopKubelet(): Promise<void>;
  startKubelet(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one and waits until the cluster calls it Ready. */
export async function startRealNode(cluster: Cluster, options: NodeOptions = {}): Promise<RealNode> {
  const { name = 'real-0' } = options;
  execFileSync(join(import.meta.dirname, 'node/install'), { stdio: ['ignore', 'inherit', 'inherit'] });
  await using parts = new AsyncDisposableStack();
  const { directory, cgroup } = makePlace(parts);
  const host = parts.adopt(await startHost(directory), (it) => it.stop());
  const relay = parts.adopt(await startRelay(host.gateway, cluster.url), (it) => it.stop());
  await serveApi(host, relay.url);
  const containerd = await startContainerd(host, options.addresses);
  const kubelet = prepareKubelet(host, {
    name,
    cgroup,
    labels: options.labels ?? {},
    kubeconfig: await cluster.credentials.kubeconfig(`system:node:${name}`, ['system:nodes'], relay.url),
    clientCaPem: cluster.credentials.caPem,
    serving: await cluster.credentials.serving([name, host.address]),
    configuration: options.kubelet ?? {},
  });
  parts.defer(() => kubelet.stop());
  const startKubelet = async () => {
    const { failure } = kubelet.start();
    await Promise.race([becomesReady(cluster, name), failure, containerd.program.failure()]);
  };
  await startKubelet();
  const whole = parts.move();
  return {
    name,
    address: host.address,
    podCidr: host.podCidr,
    apiUrl: relay.url,
    cgroup,
    cgroupOf: (pod, id, controller) => join(hierarchyOf(controller), cgroup, 'kubepods', placeOf(pod), id),
    directory,
    app: containerd.app,
    run: host.run,
    start: host.start,
    startKubelet,
    stopKubelet: () => kubelet.stop(),
    stop: () => whole.disposeAsync(),
  };
}

function makePlace(parts: AsyncDisposableStack): { directory: string; cgroup: string } {
  const directory = parts.adopt(makeDirectory(), (path) => rmSync(path, { recursive: true, force: true }));
  return { directory, cgroup: parts.adopt(makeCgroup(directory), removeCgroup) };
}

/** A guaranteed Pod has no class in its path. */
function placeOf({ metadata, status }: Pod): string {
  const pod = `pod${metadata.uid}`;
  return status?.qosClass === 'Guaranteed' ? pod : join(String(status?.qosClass).toLowerCase(), pod);
}

/** Pods find the API where every cluster has it, though no kube-proxy runs here. */
async function serveApi(host: Host, url: string): Promise<void> {
  const { host: target } = new URL(url);
  for (const chain of ['PREROUTING', 'OUTPUT']) {
    const from = ['-d', '10.96.0.1', '-p', 'tcp', '--dport', '443'];
    await host.run('iptables', '-t', 'nat', '-A', chain, ...from, '-j', 'DNAT', '--to-destination', target);
  }
}

async function becomesReady(cluster: Cluster, name: string): Promise<void> {
  const client = new KubeClient(await loadKubeconfig({ path: await cluster.credentials.kubeconfig('admin') }));
  try {
    const ready = async () => isConditionTrue(await client.get(NODES, name), 'Ready');
    await until(() => ready().catch(() => false), `node ${name} to be Ready`);
  } finally {
    await client.close();
  }
}
