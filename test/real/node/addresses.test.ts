/** Addresses that Pods keep, by jdos-ipam under a real containerd, the node's agent, and JDOS attached. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENTS, isConditionTrue, NODES, PODS } from '../../../src/kube/index.ts';
import { IP_CLAIMS, IP_POOLS } from '../../../src/resources/index.ts';
import type { Subject } from '../../e2e/groups/world.ts';
import { ROOT } from '../../e2e/harness.ts';
import { buildProgram } from '../../e2e/network/tools.ts';
import { type AttachedJdos, attach, install } from '../attached.ts';
import type { RunningProgram } from '../process.ts';
import { isRunning, NAMESPACE, RealCluster } from '../real-cluster.ts';
import { type RealNode, startRealNode } from '../real-node.ts';
import { identities, running } from './a-group.ts';

const at = { namespace: NAMESPACE };
const POOL = 'pods';
const directory = mkdtempSync(join(tmpdir(), 'jdos-addresses-'));
let cluster: RealCluster;
let jdos: AttachedJdos;
let program: string;
const agents: RunningProgram[] = [];

beforeAll(async () => {
  [program] = await Promise.all([buildProgram('jdos-ipam', directory), buildProgram('jdos-arp-probe', directory)]);
  const controllerFlags = ['--node-monitor-grace-period=15s', '--node-monitor-period=1s'];
  cluster = await RealCluster.start({ plane: { controllerFlags }, node: { addresses: { config: ipam, program } } });
  await install(cluster);
  const net = cluster.node.podCidr.replace(/\.0\/24$/, '');
  const spec = { subnet: cluster.node.podCidr, ranges: [`${net}.10-${net}.99`], gateway: `${net}.1` };
  await cluster.client.create(IP_POOLS, { metadata: { name: POOL }, spec } as never);
  await allowAgents();
  await startAgent(cluster.node);
  jdos = await attach(cluster);
});
afterAll(async () => {
  await jdos?.stop();
  for (const agent of agents) await agent.stop();
  await cluster?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const ipam = { type: 'jdos-ipam', pool: POOL };
const AGENT = 'node-agent';
const keeping = { identity: { ip: 'Retain' }, network: { poolRef: { name: POOL } } };
const SERVING = { command: ['httpd', '-f', '-h', '/etc'] };

/** As deploy/cni.yaml would run it, with the rights that `jdos install` has made for it. */
async function startAgent(node: RealNode): Promise<void> {
  const kubeconfig = await cluster.plane.credentials.kubeconfig(AGENT, [], node.apiUrl);
  const places = ['--socket', '/run/jdos/ipam.sock', '--state', '/var/lib/jdos/ipam'];
  await node.run('mkdir', '-p', '/run/jdos', '/var/lib/jdos/ipam/spool');
  const command = ['node-agent', '--kubeconfig', kubeconfig, '--node', node.name, ...places];
  const main = join(ROOT, 'src/cli/main.ts');
  agents.push(node.start(process.execPath, main, ...command, '--arp-probe', join(directory, 'jdos-arp-probe')));
}

async function allowAgents(): Promise<void> {
  const group = 'rbac.authorization.k8s.io';
  const binding = {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: AGENT },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'jdos:node-agent' },
    subjects: [{ apiGroup: group, kind: 'User', name: AGENT }],
  };
  const headers = { 'content-type': 'application/json' };
  const path = `/apis/${group}/v1/clusterrolebindings`;
  await cluster.client.request('POST', path, { headers, body: JSON.stringify(binding) });
}

const claimed = async (name: string) => (await cluster.client.get(IP_CLAIMS, name, at)).status?.ips;
const addresses = (web: Subject) => web.pods().map(({ status }) => status?.podIP);

async function serves(ip: string | undefined): Promise<string> {
  return (await fetch(`http://${ip}/passwd`)).text();
}

it('N1 N3 a Pod of a Group has the address of its claim, and the next of its name has it again', async () => {
  const containers = [{ name: 'main', image: cluster.node.app.v1.tagged, ...SERVING }];
  const web = await running({ stage: jdos.stage, cluster }, 'kept', keeping, { containers });
  const [before] = identities(web);
  expect(await claimed('kept-0')).toEqual([before!.ip]);
  expect(await serves(before!.ip)).toContain('nobody');
  await cluster.client.delete(PODS, 'kept-0', at);
  const another = (uid: string | undefined) => uid !== undefined && uid !== before!.uid;
  await jdos.stage.until(() => web.pod(0)?.metadata.uid, another, 'another Pod');
  await web.settled();
  expect(addresses(web)).toEqual([before!.ip]);
  expect(await serves(before!.ip)).toContain('nobody');
});

it('L11 N3 another command makes the Pod anew with its name and its address; L1 another image keeps the Pod', async () => {
  const { v1, v2 } = cluster.node.app;
  const web = await running({ stage: jdos.stage, cluster }, 'moved', keeping);
  const [first] = identities(web);
  await web.containers({ name: 'main', image: v1.tagged, ...SERVING });
  await web.settled();
  const [second] = identities(web);
  expect([second!.ip, second!.name, second!.uid === first!.uid]).toEqual([first!.ip, first!.name, false]);
  await web.containers({ name: 'main', image: v2.tagged, ...SERVING });
  await web.settled();
  expect(identities(web)).toEqual([second]);
});

it('N7 a sandbox that dies is made anew with the same address', async () => {
  const web = await running({ stage: jdos.stage, cluster }, 'sandbox', keeping);
  const [before] = identities(web);
  const sandbox = await sandboxOf('sandbox-0');
  await cluster.node.run('ctr', '-n', 'k8s.io', 'tasks', 'kill', '--signal', 'SIGKILL', sandbox);
  await cluster.see('sandbox-0', (pod) => isRunning(pod, 'main', 1), 'run in another sandbox');
  expect(await sandboxOf('sandbox-0')).not.toBe(sandbox);
  await web.settled();
  expect(identities(web)).toEqual([before]);
  expect(await cluster.exec('sandbox-0', 'ip', '-4', 'addr', 'show', 'eth0')).toContain(`${before!.ip}/`);
});

it('a Pod without a claim gets an address of the pool, and gives it back', async () => {
  const pod = await cluster.run('guest');
  expect(await claimed('guest')).toEqual([pod.status?.podIP]);
  await cluster.client.delete(PODS, 'guest', at);
  const gone = () =>
    claimed('guest').then(
      () => false,
      () => true,
    );
  await jdos.stage.until(gone, Boolean, 'the end of the claim');
});

describe('between two nodes', () => {
  let second: RealNode;
  let web: Subject;
  let ip: string;

  beforeAll(async () => {
    second = await startRealNode(cluster.plane, { name: 'second', addresses: { config: ipam, program } });
    await startAgent(second);
    const containers = [{ name: 'main', image: cluster.node.app.v1.tagged, ...SERVING }];
    await cordon(second.name, true);
    web = await running({ stage: jdos.stage, cluster }, 'nomad', keeping, { containers });
    await cordon(second.name, false);
    ip = addresses(web)[0]!;
  });
  afterAll(async () => {
    if (ip) execFileSync('ip', ['route', 'flush', `${ip}/32`]);
    await second?.stop();
  });

  const host = () => web.pod(0)?.spec.nodeName;
  const uid = () => web.pod(0)?.metadata.uid;
  const another = (before: string | undefined) =>
    jdos.stage.until(uid, (now) => now !== undefined && now !== before, 'another Pod');

  it('N4 a Pod that is made anew on the other node has its address there', async () => {
    const before = uid();
    await cordon(cluster.node.name, true);
    await cluster.client.delete(PODS, 'nomad-0', at);
    await another(before);
    await web.settled();
    await cordon(cluster.node.name, false);
    expect([host(), addresses(web)]).toEqual([second.name, [ip]]);
    routeTo(second);
    expect(await serves(ip)).toContain('nobody');
  });

  it('N5 its address stays with the node that is only silent, though its Pod was deleted by force', async () => {
    const before = uid();
    await second.stopKubelet();
    const isReady = async () => isConditionTrue(await cluster.client.get(NODES, second.name), 'Ready');
    await jdos.stage.until(isReady, (ready) => !ready, 'the silence to be noticed');
    await cluster.client.delete(PODS, 'nomad-0', { ...at, gracePeriodSeconds: 0 });
    await another(before);
    const refusals = async () => (await eventsOf(uid())).filter((text) => text.includes('out-of-service'));
    await jdos.stage.until(refusals, (texts) => texts.length > 0, 'the refusal of the address');
    const claim = await cluster.client.get(IP_CLAIMS, 'nomad-0', at);
    expect(claim.status?.holder).toMatchObject({ podUID: before, node: second.name });
    expect(web.pod(0)?.status?.podIP).toBeUndefined();
    expect(await serves(ip)).toContain('nobody');
  });

  it('N6 once the node is off and fenced, the next Pod has the address elsewhere', async () => {
    await second.stop();
    const taints = [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }];
    await cluster.client.patch(NODES, second.name, { kind: 'strategic', body: { spec: { taints } } });
    await web.settled();
    expect([host(), addresses(web)]).toEqual([cluster.node.name, [ip]]);
    routeTo(cluster.node);
    expect(await serves(ip)).toContain('nobody');
  });

  /** As a network that lets addresses move would route it. */
  function routeTo(node: RealNode): void {
    execFileSync('ip', ['route', 'replace', `${ip}/32`, 'via', node.address]);
  }
});

async function cordon(node: string, unschedulable: boolean): Promise<void> {
  await cluster.client.patch(NODES, node, { kind: 'merge', body: { spec: { unschedulable } } });
}

async function eventsOf(pod: string | undefined): Promise<string[]> {
  const fieldSelector = `involvedObject.uid=${pod}`;
  return (await cluster.client.list(EVENTS, { ...at, fieldSelector })).items.map(({ message }) => message ?? '');
}

/** The id of the container that holds a Pod's network; empty while there is none. */
async function sandboxOf(pod: string): Promise<string> {
  const filters = [`labels."io.kubernetes.pod.name"==${pod}`, 'labels."io.cri-containerd.kind"==sandbox'].join(',');
  const known = (await cluster.node.run('ctr', '-n', 'k8s.io', 'containers', 'list', '--quiet', filters)).split('\n');
  const alive = (await cluster.node.run('ctr', '-n', 'k8s.io', 'tasks', 'list')).split('\n');
  return known.find((id) => id && alive.some((line) => line.startsWith(id) && line.includes('RUNNING'))) ?? '';
}
