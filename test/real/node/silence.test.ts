/** What a cluster says of Pods whose host has gone silent while their containers live on. See docs/kubernetes-facts.md. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  conditionOf,
  isConditionTrue,
  NODES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type Pod,
} from '../../../src/kube/index.ts';
import { containerId, NAMESPACE, RealCluster } from '../real-cluster.ts';
import { type RealNode, startRealNode } from '../real-node.ts';
import { until } from '../until.ts';

const GATE = 'example.com/gate';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const FOREVER = [{ key: UNREACHABLE, operator: 'Exists', effect: 'NoExecute' }];
/** Before a cluster knows that no host is ready, a first one may be tainted for a moment; this outlives it. */
const A_MOMENT = [{ ...FOREVER[0]!, tolerationSeconds: 5 }];

let cluster: RealCluster;
let other: RealNode;
let before: Pod;

beforeAll(async () => {
  const controllerFlags = ['--node-monitor-grace-period=10s', '--node-monitor-period=1s'];
  cluster = await RealCluster.start({ plane: { controllerFlags } });
  const [guarded, labels] = ['guarded', { app: 'guarded' }];
  await cluster.client.create(POD_DISRUPTION_BUDGETS, {
    metadata: { name: guarded, namespace: NAMESPACE },
    spec: { maxUnavailable: 0, selector: { matchLabels: labels } },
  });
  await cluster.run(guarded, { tolerations: A_MOMENT }, { labels });
  before = await startGated('held');
});

afterAll(async () => {
  await other?.stop();
  await cluster?.stop();
});

describe('when the only kubelet is stopped and its containers live', () => {
  beforeAll(async () => {
    await cluster.node.stopKubelet();
    await cluster.see('held', (pod) => !isConditionTrue(pod, 'Ready'), 'be called not ready');
  });

  it('the Node is neither ready nor not: nobody knows', async () => {
    const { status } = await cluster.client.get(NODES, cluster.node.name);
    expect(conditionOf({ status }, 'Ready')?.status).toBe('Unknown');
  });

  it('only the condition Ready of its Pods turns False; ContainersReady, gates and containers stay as they were', async () => {
    const after = await cluster.pod('held');
    expect(states(after)).toEqual({ ...states(before), Ready: 'False' });
    expect(states(after)).toMatchObject({ ContainersReady: 'True', [GATE]: 'True' });
    expect(after.status?.containerStatuses).toEqual(before.status?.containerStatuses);
    expect(after.status?.phase).toBe('Running');
  });

  it('its Pods still answer', async () => {
    expect(await answer(await cluster.pod('held'))).toContain('nobody');
  });

  it('nothing is evicted, as no host at all is ready, though every Pod is called not ready', async () => {
    await taintedWith('NoSchedule');
    const guarded = await cluster.see('guarded', (pod) => !isConditionTrue(pod, 'Ready'), 'be called not ready');
    expect(guarded.metadata.deletionTimestamp).toBeUndefined();
    await until(async () => !(await taints()).includes('NoExecute'), 'no NoExecute taint to be left');
  });

  it('all is as before when the kubelet is back, without a restart', async () => {
    await cluster.node.startKubelet();
    const after = await cluster.see('held', (pod) => isConditionTrue(pod, 'Ready'), 'be Ready again');
    expect(after.status?.containerStatuses).toEqual(before.status?.containerStatuses);
  });
});

describe('when one of two kubelets is stopped', () => {
  beforeAll(async () => {
    other = await startRealNode(cluster.plane, { name: 'other' });
    await cluster.node.stopKubelet();
    await taintedWith('NoExecute');
  });

  it('a Pod that does not tolerate it is deleted in spite of its disruption budget, and stays, as nobody ends it', async () => {
    const leaves = (pod: Pod) => pod.metadata.deletionTimestamp !== undefined;
    const pod = await cluster.see('guarded', leaves, 'be deleted');
    expect(conditionOf(pod, 'DisruptionTarget')?.reason).toBe('DeletionByTaintManager');
    const running = await cluster.node.run('ctr', '--namespace', 'k8s.io', 'tasks', 'list', '--quiet');
    expect(running).toContain(containerId(pod, 'app'));
  });

  it('a Pod that tolerates it without an end stays, and answers', async () => {
    const pod = await cluster.pod('held');
    expect(pod.metadata.deletionTimestamp).toBeUndefined();
    expect(await answer(pod)).toContain('nobody');
  });

  it('the deleted Pod goes when the kubelet is back, and the other lives on without a restart', async () => {
    await cluster.node.startKubelet();
    const names = async () => (await cluster.client.list(PODS, { namespace: NAMESPACE })).items.map(nameOf);
    await until(async () => (await names()).join() === 'held', 'the deleted Pod to be gone');
    const after = await cluster.see('held', (pod) => isConditionTrue(pod, 'Ready'), 'be Ready again');
    expect(after.status?.containerStatuses).toEqual(before.status?.containerStatuses);
  });
});

const nameOf = (pod: Pod) => pod.metadata.name;

async function taints(): Promise<string[]> {
  const { spec } = await cluster.client.get(NODES, cluster.node.name);
  return spec.taints?.filter(({ key }) => key === UNREACHABLE).map(({ effect }) => effect) ?? [];
}

const taintedWith = (effect: string) => until(async () => (await taints()).includes(effect), `the taint ${effect}`);

/** A Pod with a readiness gate that someone has opened. */
async function startGated(name: string): Promise<Pod> {
  const command = ['httpd', '-f', '-h', '/etc'];
  await cluster.client.create(PODS, {
    metadata: { name, namespace: NAMESPACE },
    spec: {
      tolerations: FOREVER,
      readinessGates: [{ conditionType: GATE }],
      containers: [{ name: 'app', image: cluster.node.app.v1.tagged, command }],
    },
  });
  const conditions = [{ type: GATE, status: 'True' }];
  const options = { namespace: NAMESPACE, subresource: 'status' };
  await cluster.client.patch(PODS, name, { kind: 'strategic', body: { status: { conditions } } }, options);
  return cluster.see(name, (pod) => isConditionTrue(pod, 'Ready'), 'be Ready');
}

function states(pod: Pod): Record<string, string> {
  return Object.fromEntries(pod.status?.conditions?.map(({ type, status }) => [type, status]) ?? []);
}

async function answer(pod: Pod): Promise<string> {
  return (await fetch(`http://${pod.status?.podIP}/passwd`)).text();
}
