/** JDOS beside a real cluster with a real node: what its own kinds do there, with containers that run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conditionOf, PODS } from '../../../src/kube/index.ts';
import { type AttachedJdos, attach, install } from '../attached.ts';
import { NAMESPACE, RealCluster } from '../real-cluster.ts';
import { consoleOnTheNode } from './console-on-the-node.ts';
import { frozenConfigs } from './frozen-configs.ts';
import { groupsOnTheNode } from './groups-on-the-node.ts';
import { releasesOnTheNode } from './releases-on-the-node.ts';

const at = { namespace: NAMESPACE };
let cluster: RealCluster;
let jdos: AttachedJdos;

beforeAll(async () => {
  cluster = await RealCluster.start();
  await install(cluster);
  jdos = await attach(cluster);
});

afterAll(async () => {
  await jdos?.stop();
  await cluster?.stop();
});

describe('JDOS attached', () => {
  it('has its kinds installed, and nothing is left to do', async () => {
    const { code, stdout } = await install(cluster);
    expect([code, stdout]).toEqual([0, expect.stringContaining('groups.apps.jdos.jd.com')]);
    expect(stdout).toContain('unchanged');
    expect(stdout).not.toMatch(/ (created|changed)$/m);
  });

  it('tells of the cluster and of its node', async () => {
    const { stdout } = await jdos.up.jdos('status');
    expect(stdout).toContain(cluster.plane.url);
    expect(stdout).toMatch(/hosts:\s+1\/1 ready/);
  });

  it('places the Pods that name its scheduler', async () => {
    const pod = await cluster.run('placed', { schedulerName: 'jdos-scheduler' });
    expect(pod.spec.nodeName).toBe(cluster.node.name);
    expect(conditionOf(pod, 'PodScheduled')?.status).toBe('True');
  });

  it('knows the node as a host', async () => {
    const seen = async () => (await jdos.up.jdos('hosts list')).stdout;
    await jdos.stage.until(seen, (text) => text.includes(cluster.node.name), 'the node among the hosts');
  });
});

consoleOnTheNode(() => ({ jdos, cluster }));

for (const cases of [groupsOnTheNode, frozenConfigs, releasesOnTheNode]) cases(() => ({ stage: jdos.stage, cluster }));

it('S3 when JDOS is gone, Pods run on and others come up', async () => {
  const before = (await cluster.client.list(PODS, at)).items.map(({ metadata }) => metadata.uid);
  await jdos.stop();
  await cluster.run('late');
  const after = (await cluster.client.list(PODS, at)).items.map(({ metadata }) => metadata.uid);
  expect(after).toEqual(expect.arrayContaining(before));
});
