/**
 * One command in many Pods: `jdos exec` as a program of its own, against Ansible with kubernetes.core.kubectl (a kubectl for each
 * Pod) and against Ansible with JDOS's connection plugin, on the same Pods in the same run. The simulated fleet answers.
 *
 * Run: node bench/batch.ts [--pods 1000] [--peer 1000] [--forks 20]
 * Needs Ansible with the collection kubernetes.core (Debian's package `ansible`) and kubectl for the peers.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { NODES, PODS } from '../src/kube/index.ts';
import { startFleetPlane } from '../test/e2e/fleet-plane.ts';
import { run } from '../test/e2e/harness.ts';

const { values } = parseArgs({
  options: {
    pods: { type: 'string', default: '1000' },
    peer: { type: 'string', default: '1000' },
    forks: { type: 'string', default: '20' },
  },
});
const ROOT = join(import.meta.dirname, '..');
const JDOS = join(ROOT, 'jdos');
const HOSTS = 30;

const plane = await startFleetPlane(HOSTS);
try {
  await makePods(Number(values.pods));
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}; ${values.pods} Pods`);
  const all = await ours('all', Number(values.pods));
  const peer = Number(values.peer);
  const some = await ours('peer=true', peer);
  report(`jdos exec, ${values.pods} Pods`, all);
  report(`jdos exec, ${peer} Pods`, some);
  compare(`ansible, connection jdos, ${peer} Pods`, await ansible('jdos', peer), some);
  if (await hasKubectlPlugin())
    compare(`ansible, kubernetes.core.kubectl, ${peer} Pods`, await ansible('kubernetes.core.kubectl', peer), some);
  else console.log('kubernetes.core is not on this machine: no peer to compare with');
} finally {
  // What the connection plugin has started ends by itself.
  await plane.stop();
}

async function makePods(count: number): Promise<void> {
  const hosts = (await plane.client.list(NODES)).items.map(({ metadata }) => metadata.name);
  const queue = Array.from({ length: count }, (_, i) => i);
  const work = async () => {
    for (let i = queue.shift(); i !== undefined; i = queue.shift()) {
      const labels = i < Number(values.peer) ? { peer: 'true' } : { peer: 'false' };
      const spec = { nodeName: hosts[i % hosts.length]!, containers: [{ name: 'main', image: 'web:1' }] };
      await plane.client.create(PODS, { metadata: { name: `p${i}`, namespace: 'default', labels }, spec });
    }
  };
  await Promise.all(Array.from({ length: 32 }, work));
  for (let ready = 0; ready < count; ) {
    const { items } = await plane.client.list(PODS, { namespace: 'default' });
    ready = items.filter(({ status }) => status?.phase === 'Running').length;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function ours(selector: string, expected: number): Promise<number> {
  const began = performance.now();
  const args = [
    'exec',
    selector,
    '--kubeconfig',
    plane.kubeconfig,
    '--data',
    plane.dataDir,
    '--stages',
    '100',
    '-o',
    'oneline',
    '--',
    'hostname',
  ];
  const { stdout, stderr } = await run(JDOS, args);
  check(stdout, expected, stderr);
  return performance.now() - began;
}

async function ansible(connection: string, expected: number): Promise<number> {
  const inventory = join(plane.dataDir, 'hosts.ini');
  const pods = Array.from({ length: expected }, (_, i) => `p${i} ansible_kubectl_pod=p${i} ansible_jdos_pod=p${i}`);
  writeFileSync(inventory, `${pods.join('\n')}\n\n[all:vars]\n${variables(connection).join('\n')}\n`);
  mkdirSync(join(plane.dataDir, 'home'), { recursive: true });
  chmodSync(plane.dataDir, 0o700);
  const env = {
    ANSIBLE_CONNECTION_PLUGINS: join(ROOT, 'src/batch/ansible'),
    HOME: join(plane.dataDir, 'home'),
    ANSIBLE_NOCOLOR: '1',
  };
  const began = performance.now();
  const args = ['-i', inventory, 'all', '-f', values.forks, '-m', 'raw', '-a', 'hostname', '-o'];
  const { stdout, stderr } = await run('ansible', args, { env, timeoutMs: 600_000 });
  check(stdout, expected, stderr);
  return performance.now() - began;
}

function variables(connection: string): string[] {
  const program = [
    process.execPath,
    join(ROOT, 'src/cli/main.ts'),
    'ansible-serve',
    '--kubeconfig',
    plane.kubeconfig,
    '--socket',
    join(plane.dataDir, 'exec.sock'),
    '--idle',
    '5',
  ];
  return [
    `ansible_connection=${connection}`,
    `ansible_kubectl_kubeconfig=${plane.kubeconfig}`,
    'ansible_kubectl_namespace=default',
    'ansible_jdos_namespace=default',
    `ansible_jdos_socket=${join(plane.dataDir, 'exec.sock')}`,
    `ansible_jdos_program=${JSON.stringify(program)}`,
  ];
}

async function hasKubectlPlugin(): Promise<boolean> {
  const { stdout } = await run('ansible-doc', ['-t', 'connection', '-l', 'kubernetes.core']);
  return stdout.includes('kubernetes.core.kubectl');
}

function check(stdout: string, expected: number, stderr: string): void {
  const good = stdout.split('\n').filter((line) => line.includes('| CHANGED | rc=0')).length;
  if (good !== expected)
    throw new Error(`${good} of ${expected} Pods answered: ${stderr.slice(0, 500)} ${stdout.slice(0, 500)}`);
}

function report(what: string, ms: number): void {
  console.log(`${what.padEnd(52)} ${(ms / 1000).toFixed(2)} s`);
}

function compare(what: string, theirs: number, ours: number): void {
  console.log(
    `${what.padEnd(52)} ${(theirs / 1000).toFixed(2)} s, ${(theirs / ours).toFixed(1)} times as long as jdos exec`,
  );
}
