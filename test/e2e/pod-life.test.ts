/** How Pods live on the simulated fleet; the same on `jdos up` and (JDOS_TARGET=real) beside a real control plane. */
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULT_NAMESPACE, makeFault } from '../../src/fleet/index.ts';
import {
  CONFIG_MAPS,
  isStatus,
  KubeClient,
  LEASES,
  loadKubeconfig,
  NODES,
  PODS,
  type Pod,
  SERVICE_ACCOUNTS,
} from '../../src/kube/index.ts';
import { startTarget, type Target } from './target.ts';

let target: Target;
let client: KubeClient;
const namespace = 'default';

beforeAll(async () => {
  target = await startTarget(6);
  client = new KubeClient(await loadKubeconfig({ path: target.kubeconfig }));
  const at = { namespace, fieldSelector: 'metadata.name=default', signal: AbortSignal.timeout(60_000) };
  for await (const { type } of client.watch(SERVICE_ACCOUNTS, at)) if (type === 'ADDED') break;
});
afterAll(async () => {
  await client?.close();
  await target?.stop();
});

/** The Pod as soon as it is so; undefined stands for a Pod that is gone. */
async function until(name: string, isSo: (pod: Pod | undefined) => boolean): Promise<Pod | undefined> {
  const signal = AbortSignal.timeout(90_000);
  const at = { namespace, fieldSelector: `metadata.name=${name}`, signal };
  for await (const { type, object } of client.watch(PODS, at)) {
    const pod = type === 'DELETED' ? undefined : object;
    if (type !== 'BOOKMARK' && isSo(pod)) return pod;
  }
  throw new Error(`the watch of Pod ${name} ended`);
}

const isReady = (pod: Pod | undefined) =>
  pod?.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
const statusOf = (pod: Pod | undefined, index = 0) => pod?.status?.containerStatuses?.[index];

function create(name: string, spec: object = {}, annotations: Record<string, string> = {}): Promise<Pod> {
  const containers = [{ name: 'web', image: 'nginx:1.27' }];
  const draft = { metadata: { name, namespace, annotations }, spec: { containers, ...spec } };
  return client.create(PODS, draft as Pod);
}

describe('hosts', () => {
  it('are Ready, with a lease each', async () => {
    const nodes = (await client.list(NODES)).items;
    expect(nodes).toHaveLength(6);
    for (const { metadata, status } of nodes) {
      expect(status?.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
      const lease = await client.get(LEASES, metadata.name, { namespace: 'kube-node-lease' });
      expect(lease.spec.holderIdentity).toBe(metadata.name);
    }
  });
});

describe('Pods', () => {
  it('are scheduled, run, become Ready, and go when deleted', async () => {
    await create('plain');
    const pod = await until('plain', isReady);
    expect(statusOf(pod)).toMatchObject({
      image: 'docker.io/library/nginx:1.27',
      imageID: expect.stringMatching(/@sha256:/),
      containerID: expect.stringMatching(/^containerd:\/\/[0-9a-f]{64}$/),
      started: true,
      restartCount: 0,
    });
    expect(pod?.status).toMatchObject({ phase: 'Running', podIP: expect.stringMatching(/^10\./) });
    await client.delete(PODS, 'plain', { namespace });
    await until('plain', (now) => now === undefined || now.metadata.uid !== pod?.metadata.uid);
    await expect(client.get(PODS, 'plain', { namespace })).rejects.toSatisfy((error) => isStatus(error, 'NotFound'));
  });

  it('take another image in place: the same Pod, another container', async () => {
    await create('rebuilt', {
      containers: [
        { name: 'web', image: 'nginx:1.27' },
        { name: 'side', image: 'redis:7' },
      ],
    });
    const before = await until('rebuilt', isReady);
    const body = { spec: { containers: [{ name: 'web', image: 'nginx:1.28' }] } };
    await client.patch(PODS, 'rebuilt', { kind: 'strategic', body }, { namespace });
    const after = await until('rebuilt', (pod) => isReady(pod) && statusOf(pod)?.restartCount === 1);
    const [web, side] = [0, 1].map((i) => [statusOf(before, i), statusOf(after, i)] as const);
    expect(web?.[1]?.image).toBe('docker.io/library/nginx:1.28');
    expect(web?.[1]?.containerID).not.toBe(web?.[0]?.containerID);
    expect(side?.[1]).toEqual(side?.[0]);
    expect(after?.status?.podIP).toBe(before?.status?.podIP);
    expect(after?.metadata.uid).toBe(before?.metadata.uid);
  });

  it('crash, and wait longer before each restart', async () => {
    await create('crashing', { containers: [{ name: 'web', image: 'busybox:1.36', command: ['sh', '-c', 'exit 3'] }] });
    const waiting = await until('crashing', (pod) => statusOf(pod)?.state?.waiting?.reason === 'CrashLoopBackOff');
    expect(statusOf(waiting)?.lastState?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(waiting?.status?.phase).toBe('Running');
  });

  it('complete when their command does', async () => {
    const command = ['sh', '-c', 'echo done'];
    await create('job', { restartPolicy: 'Never', containers: [{ name: 'work', image: 'busybox:1.36', command }] });
    const done = await until('job', (pod) => pod?.status?.phase === 'Succeeded');
    expect(statusOf(done)?.state?.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
  });

  it('wait for what they refer to', async () => {
    await create('wanting', {
      containers: [{ name: 'web', image: 'nginx:1.27', envFrom: [{ configMapRef: { name: 'late' } }] }],
    });
    await until('wanting', (pod) => statusOf(pod)?.state?.waiting?.reason === 'CreateContainerConfigError');
    await client.create(CONFIG_MAPS, { metadata: { name: 'late', namespace }, data: { a: 'b' } });
    await until('wanting', isReady);
  });
});

describe.skipIf(process.env.JDOS_TARGET === 'real')('containers', () => {
  beforeAll(async () => {
    await create('talking', {
      containers: [{ name: 'web', image: 'nginx:1.27', command: ['sh', '-c', 'echo hello; sleep infinity'] }],
    });
    await until('talking', isReady);
  });

  it('have a log that says they are simulated, and what their command printed', async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of client.logs('talking', { namespace })) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toMatch(/^simulated container web .*\n.*\nhello\n$/);
  });

  it('run the commands they know, and tell the exit code', async () => {
    const command = ['sh', '-c', 'hostname; exit 5'];
    const session = await client.exec('talking', { namespace, command });
    const out: Uint8Array[] = [];
    for await (const chunk of session.stdout) out.push(chunk);
    expect(Buffer.concat(out).toString()).toBe('talking\n');
    expect(await session.exitCode).toBe(5);
  });
});

describe('faults', () => {
  it('an image that cannot be pulled is tried again when the fault is mended', async () => {
    const fault = await client.create(CONFIG_MAPS, makeFault('image-pull-failure', { image: 'shop/*' }));
    await create('pulling', { containers: [{ name: 'web', image: 'shop/web:1' }] });
    await until('pulling', (pod) => statusOf(pod)?.state?.waiting?.reason === 'ImagePullBackOff');
    await client.delete(CONFIG_MAPS, fault.metadata.name, { namespace: FAULT_NAMESPACE });
    await until('pulling', isReady);
  });

  it('a failing readiness probe takes the Pod out of service for as long as it fails', async () => {
    const readinessProbe = { httpGet: { path: '/', port: 80 }, periodSeconds: 1, failureThreshold: 1 };
    await create('probed', { containers: [{ name: 'web', image: 'nginx:1.27', readinessProbe }] });
    await until('probed', isReady);
    const fault = await client.create(CONFIG_MAPS, makeFault('probe-failure', { pods: ['probed'] }));
    await until('probed', (pod) => !isReady(pod));
    await client.delete(CONFIG_MAPS, fault.metadata.name, { namespace: FAULT_NAMESPACE });
    await until('probed', isReady);
  });
});
