/** The real node is a node like any other, and leaves no trace. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isConditionTrue, type KubeObject, NODES, resourceType } from '../../../src/kube/index.ts';
import { sweep } from '../leftovers.ts';
import { NAMESPACE, RealCluster } from '../real-cluster.ts';
import { until } from '../until.ts';

interface TokenReview extends KubeObject {
  spec: { token: string };
  status?: { user: { username: string } };
}

const TOKEN_REVIEWS = resourceType<TokenReview>('authentication.k8s.io/v1', 'TokenReview', 'tokenreviews', false);

describe('a real node', () => {
  let cluster: RealCluster;

  beforeAll(async () => {
    cluster = await RealCluster.start({ node: { name: 'n1', labels: { 'example.com/rack': 'r7' } } });
  });

  afterAll(async () => {
    await cluster?.stop();
  });

  it('is Ready, of the version of its control plane, with its labels', async () => {
    const node = await cluster.client.get(NODES, 'n1');
    expect(isConditionTrue(node, 'Ready')).toBe(true);
    expect(node.metadata.labels).toMatchObject({ 'example.com/rack': 'r7', 'kubernetes.io/hostname': 'n1' });
    expect(node.status?.nodeInfo?.kubeletVersion).toBe(basename(cluster.plane.binaries));
    expect(node.status?.nodeInfo?.containerRuntimeVersion).toMatch(/^containerd:/);
  });

  it('runs a Pod that the scheduler placed, in a network that this machine reaches', async () => {
    const command = ['httpd', '-f', '-h', '/etc'];
    const pod = await cluster.run('web', { containers: [{ name: 'web', image: cluster.node.app.v1.tagged, command }] });
    expect(pod.spec.nodeName).toBe('n1');
    const answer = await fetch(`http://${pod.status?.podIP}/passwd`);
    expect(await answer.text()).toContain('nobody');
  });

  it('shows a Pod the API where every cluster has it, and gives it a token', async () => {
    await cluster.run('talker');
    const ask = 'wget -qO- http://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT 2>&1 | cat';
    expect(await cluster.exec('talker', 'sh', '-c', ask), 'plain HTTP where TLS is spoken').toContain(
      '400 Bad Request',
    );
    const token = await cluster.exec('talker', 'cat', '/var/run/secrets/kubernetes.io/serviceaccount/token');
    const { status } = await cluster.client.create(TOKEN_REVIEWS, { metadata: {}, spec: { token } });
    expect(status?.user.username).toBe(`system:serviceaccount:${NAMESPACE}:default`);
  });
});

describe('of a real cluster', () => {
  it('nothing is left when it is stopped', async () => {
    const cluster = await RealCluster.start({ node: { name: 'n2' } });
    await cluster.run('app');
    const { directory, cgroup } = cluster.node;
    expect(traces(directory, cgroup)).not.toEqual([]);
    await cluster.stop();
    expect(traces(directory, cgroup)).toEqual([]);
    expect(existsSync(cluster.plane.directory)).toBe(false);
  });

  it('nothing runs or is mounted when who started it was killed, and the next start removes its files', async () => {
    const up = spawn(process.execPath, [join(import.meta.dirname, '../up.ts'), '--node'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const directories = await directoriesSaid(up);
    up.kill('SIGKILL');
    await once(up, 'exit');
    const alive = () => directories.flatMap(processesOf);
    await until(async () => alive().length === 0, 'its programs to end');
    expect(directories.flatMap(mountsOf)).toEqual([]);
    const left = () => directories.flatMap((path) => traces(path, basename(path)));
    expect(left()).not.toEqual([]);
    await until(async () => {
      sweep();
      return left().length === 0;
    }, 'its leftovers to be swept up');
  });
});

/** The directories of the control plane and of the node. */
async function directoriesSaid(up: ChildProcess): Promise<string[]> {
  const directories: string[] = [];
  for await (const line of createInterface({ input: up.stdout! })) {
    const directory = /logs in (\S+)$/.exec(line)?.[1];
    if (directory) directories.push(directory);
    if (directories.length === 2) return directories;
  }
  throw new Error('it ended too early');
}

function traces(directory: string, cgroup: string): string[] {
  const groups = globSync(join('/sys/fs/cgroup', '{.,*}', cgroup));
  return [
    ...[directory].filter((path) => existsSync(path)),
    ...groups,
    ...processesOf(directory),
    ...mountsOf(directory),
  ];
}

function processesOf(directory: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(directory));
}

function mountsOf(directory: string): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(directory));
}
