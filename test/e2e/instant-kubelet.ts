/** The quickest of kubelets: binds every Pod to a host, runs it at once, ends it at once. For tests of controllers. */
import {
  Informer,
  isStatus,
  type KubeClient,
  LEASES,
  NODES,
  PODS,
  type Pod,
  rfc3339,
  rfc3339Micro,
} from '../../src/kube/index.ts';

/** Label of a Pod that ends at once: `Succeeded` or `Failed`. */
export const ENDS = 'test/ends';
/** Label of a Pod that never becomes ready. */
export const UNREADY = 'test/unready';
/** Label of a Pod that does not heed its deletion. */
export const LINGERS = 'test/lingers';

const RENEW_MS = 10_000;

export interface KubeletOptions {
  /** Renew the hosts' Leases. @default true */
  readonly heartbeats?: boolean;
  /** Only look on: somebody else sets what Pods say. @default false */
  readonly idle?: boolean;
}

export async function startInstantKubelet(
  client: KubeClient,
  nodes: readonly string[],
  signal: AbortSignal,
  { heartbeats = true, idle = false }: KubeletOptions = {},
) {
  for (const name of nodes) await createNode(client, name);
  const pods = new Informer(client, PODS);
  const tell = (pod: Pod) => void step(client, nodes, pod).catch(forgive);
  if (!idle) pods.onChange({ add: tell, update: tell });
  pods.start(signal);
  if (heartbeats) {
    const timer = setInterval(() => void renew(client, nodes), RENEW_MS);
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }
  await pods.synced(signal);
  return pods;
}

export async function createNode(client: KubeClient, name: string): Promise<void> {
  const time = rfc3339(Date.now());
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  };
  const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': 'z1' };
  await client.create(NODES, { metadata: { name, labels }, spec: {} });
  // A real controller manager may have written to it meanwhile.
  const body = { status: { conditions: [ready] } };
  await client.patch(NODES, name, { kind: 'strategic', body }, { subresource: 'status' });
}

async function step(client: KubeClient, nodes: readonly string[], pod: Pod): Promise<void> {
  const { namespace, name, uid, deletionTimestamp } = pod.metadata;
  const phase = pod.status?.phase;
  if (deletionTimestamp) {
    if (LINGERS in (pod.metadata.labels ?? {})) return;
    if (phase === 'Running') await report(client, pod, 'Failed');
    await client.delete(PODS, name, { namespace, gracePeriodSeconds: 0, preconditions: { uid } });
  } else if (!pod.spec.nodeName) {
    const target = { kind: 'Node', name: wishOf(pod) ?? nodes[sumOf(name) % nodes.length]! };
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target };
    await client.createSubresource(PODS, name, 'binding', body, { namespace });
  } else if (phase === 'Pending') await report(client, pod, pod.metadata.labels?.[ENDS] ?? 'Running');
}

let addresses = 0;

async function report(client: KubeClient, pod: Pod, phase: string): Promise<void> {
  const time = rfc3339(Date.now());
  const ready = phase === 'Running' && !(UNREADY in (pod.metadata.labels ?? {}));
  const ip = pod.status?.podIP ?? `10.9.${++addresses >> 8}.${addresses & 255}`;
  const status = {
    ...pod.status,
    phase,
    podIP: ip,
    podIPs: [{ ip }],
    conditions: ['Ready', 'ContainersReady'].map((type) => ({
      type,
      status: ready ? 'True' : 'False',
      lastTransitionTime: time,
    })),
  };
  await client.replace(PODS, { ...pod, status }, { subresource: 'status' });
}

/** Renews the Leases of these hosts. */
export async function renew(client: KubeClient, nodes: readonly string[]): Promise<void> {
  const body = { spec: { renewTime: rfc3339Micro(Date.now()), holderIdentity: 'test', leaseDurationSeconds: 40 } };
  for (const name of nodes) {
    const at = { namespace: 'kube-node-lease' };
    const metadata = { name, ...at };
    await client
      .patch(LEASES, name, { kind: 'merge', body }, at)
      .catch(() => client.create(LEASES, { metadata, ...body }))
      .catch(() => undefined);
  }
}

/** The host that a daemon's affinity names. */
function wishOf(pod: Pod): string | undefined {
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required?.nodeSelectorTerms[0]?.matchFields?.[0]?.values?.[0];
}

/** Spreads names over hosts. */
function sumOf(name: string): number {
  return [...name].reduce((sum, char) => sum + char.charCodeAt(0), 0);
}

function forgive(error: unknown): void {
  if (!isStatus(error, 'NotFound', 'Conflict', 'AlreadyExists') && (error as Error).name !== 'AbortError') throw error;
}
