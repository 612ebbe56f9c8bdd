/** Addresses that Pods keep, by jdos-ipam under a real containerd, the node's agent, and JDOS attached. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PODS } from '../../../src/kube/index.ts';
import { IP_CLAIMS, IP_POOLS } from '../../../src/resources/index.ts';
import type { Subject } from '../../e2e/groups/world.ts';
import { ROOT } from '../../e2e/harness.ts';
import { buildProgram } from '../../e2e/network/tools.ts';
import { type AttachedJdos, attach, install } from '../attached.ts';
import type { RunningProgram } from '../process.ts';
import { isRunning, NAMESPACE, RealCluster } from '../real-cluster.ts';
import { identities, running } from './a-group.ts';

const at = { namespace: NAMESPACE };
const POOL = 'pods';
const directory = mkdtempSync(join(tmpdir(), 'jdos-addresses-'));
let cluster: RealCluster;
let jdos: AttachedJdos;
let agent: RunningProgram;

beforeAll(async () => {
  const [program] = await Promise.all([
    buildProgram('jdos-ipam', directory),
    buildProgram('jdos-arp-probe', directory),
  ]);
  cluster = await RealCluster.start({ node: { addresses: { config: ipam, program } } });
  await install(cluster);
  const net = cluster.node.podCidr.replace(/\.0\/24$/, '');
  const spec = { subnet: cluster.node.podCidr, ranges: [`${net}.10-${net}.99`], gateway: `${net}.1` };
  await cluster.client.create(IP_POOLS, { metadata: { name: POOL }, spec } as never);
  agent = await startAgent();
  jdos = await attach(cluster);
});
afterAll(async () => {
  await jdos?.stop();
  await agent?.stop();
  await cluster?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const ipam = { type: 'jdos-ipam', pool: POOL };
const keeping = { identity: { ip: 'Retain' }, network: { poolRef: { name: POOL } } };
const SERVING = { command: ['httpd', '-f', '-h', '/etc'] };

/** As deploy/cni.yaml would run it, with the rights that `jdos install` has made for it. */
async function startAgent(): Promise<RunningProgram> {
  const { client, plane, node } = cluster;
  const user = 'node-agent';
  const group = 'rbac.authorization.k8s.io';
  const binding = {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: user },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'jdos:node-agent' },
    subjects: [{ apiGroup: group, kind: 'User', name: user }],
  };
  const headers = { 'content-type': 'application/json' };
  await client.request('POST', `/apis/${group}/v1/clusterrolebindings`, { headers, body: JSON.stringify(binding) });
  const kubeconfig = await plane.credentials.kubeconfig(user, [], node.apiUrl);
  const places = ['--socket', '/run/jdos/ipam.sock', '--state', '/var/lib/jdos/ipam'];
  await node.run('mkdir', '-p', '/run/jdos', '/var/lib/jdos/ipam/spool');
  const command = ['node-agent', '--kubeconfig', kubeconfig, '--node', node.name, ...places];
  const program = join(ROOT, 'src/cli/main.ts');
  return node.start(process.execPath, program, ...command, '--arp-probe', join(directory, 'jdos-arp-probe'));
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

/** The id of the container that holds a Pod's network; empty while there is none. */
async function sandboxOf(pod: string): Promise<string> {
  const filters = [`labels."io.kubernetes.pod.name"==${pod}`, 'labels."io.cri-containerd.kind"==sandbox'].join(',');
  const known = (await cluster.node.run('ctr', '-n', 'k8s.io', 'containers', 'list', '--quiet', filters)).split('\n');
  const alive = (await cluster.node.run('ctr', '-n', 'k8s.io', 'tasks', 'list')).split('\n');
  return known.find((id) => id && alive.some((line) => line.startsWith(id) && line.includes('RUNNING'))) ?? '';
}
