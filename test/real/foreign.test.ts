/** The real kube-scheduler, kube-controller-manager and kubectl, unmodified, do their work on `jdos up`. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster, freePort, type Output, run } from '../e2e/harness.ts';
import { RunningProgram } from './process.ts';
import { buildParts } from './real-control-plane.ts';

let cluster: Cluster;
let kubectlPath: string;
const programs: RunningProgram[] = [];

beforeAll(async () => {
  const binaries = buildParts(['kube-controller-manager', 'kube-scheduler', 'kubectl']);
  kubectlPath = join(binaries, 'kubectl');
  cluster = await Cluster.up({ args: ['--hosts', '3', '--without', 'scheduler,controllers'] });
  const start = async (name: string, ...flags: string[]) => {
    const log = join(cluster.data, `${name}.log`);
    programs.push(new RunningProgram(join(binaries, name), [...(await clientFlags()), ...flags], log));
  };
  await start('kube-controller-manager', `--root-ca-file=${join(cluster.data, 'ca.crt')}`);
  await start('kube-scheduler');
});

afterAll(async () => {
  for (const program of programs) await program.stop();
  await cluster?.stop();
});

async function clientFlags(): Promise<string[]> {
  const files = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'];
  return [
    ...files.map((flag) => `--${flag}=${cluster.kubeconfig}`),
    '--leader-elect=true',
    '--bind-address=127.0.0.1',
    `--secure-port=${await freePort()}`,
  ];
}

function kubectl(command: string, input = ''): Promise<Output> {
  return run(kubectlPath, command.split(' '), { input, env: { KUBECONFIG: cluster.kubeconfig } });
}

async function told(command: string, input?: string): Promise<string> {
  const { code, stdout, stderr } = await kubectl(command, input);
  if (code !== 0) throw new Error(`kubectl ${command}: ${stderr || stdout}`);
  return stdout.trim();
}

const until = (command: string, wanted: string) =>
  cluster.until(
    () => told(command),
    (seen) => seen === wanted,
    { ms: 90_000, what: `kubectl ${command}` },
  );

describe('on jdos up without its own scheduler and controllers', () => {
  it('the three are of one version and speak to it', async () => {
    expect(await told('version -o json')).toContain('"serverVersion"');
    for (const name of ['kube-controller-manager', 'kube-scheduler'])
      await until(`get lease ${name} -n kube-system --ignore-not-found -o name`, `lease.coordination.k8s.io/${name}`);
  });

  it('a Deployment rolls out, and its Pods are spread over the hosts', async () => {
    await told('create deployment web --image=example.com/web:1 --replicas=3');
    expect(await told('rollout status deployment/web --timeout=90s')).toContain('successfully rolled out');
    const hosts = await told('get pods -l app=web -o jsonpath={.items[*].spec.nodeName}');
    expect(new Set(hosts.split(' ')).size).toBe(3);
    const said = await told('get events --field-selector reason=Scheduled -o jsonpath={.items[*].reportingComponent}');
    expect(said).toContain('default-scheduler');
  });

  it('a new image is rolled out, and rolled back', async () => {
    await told('set image deployment/web web=example.com/web:2');
    await told('rollout status deployment/web --timeout=90s');
    await told('rollout undo deployment/web');
    await told('rollout status deployment/web --timeout=90s');
    expect(await told('get deployment web -o jsonpath={.spec.template.spec.containers[0].image}')).toBe(
      'example.com/web:1',
    );
  });

  it('a Service finds its Pods', async () => {
    await told('expose deployment web --port=80');
    await until(
      'get endpointslices -l kubernetes.io/service-name=web -o jsonpath={.items[*].endpoints[*].conditions.ready}',
      'true true true',
    );
  });

  it('a Pod that fits nowhere is told why, and is placed when it fits', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'picky' },
      spec: { nodeSelector: { disk: 'fast' }, containers: [{ name: 'c', image: 'example.com/c:1' }] },
    };
    await told('create -f -', JSON.stringify(pod));
    await until('get pod picky -o jsonpath={.status.conditions[?(@.type=="PodScheduled")].reason}', 'Unschedulable');
    const [host] = (await told('get nodes -o jsonpath={.items[*].metadata.name}')).split(' ');
    await told(`label node ${host} disk=fast`);
    await until('get pod picky -o jsonpath={.status.phase}', 'Running');
  });

  it('stateful Pods come one after another, each with its name', async () => {
    const set = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db' },
      spec: {
        replicas: 2,
        serviceName: 'db',
        selector: { matchLabels: { app: 'db' } },
        template: {
          metadata: { labels: { app: 'db' } },
          spec: { containers: [{ name: 'c', image: 'example.com/db:1' }] },
        },
      },
    };
    await told('create -f -', JSON.stringify(set));
    await told('rollout status statefulset/db --timeout=90s');
    expect(await told('get pods -l app=db -o name')).toBe('pod/db-0\npod/db-1');
  });

  it('a daemon runs on every host', async () => {
    const daemon = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent' },
      spec: {
        selector: { matchLabels: { app: 'agent' } },
        template: {
          metadata: { labels: { app: 'agent' } },
          spec: { containers: [{ name: 'c', image: 'example.com/agent:1' }] },
        },
      },
    };
    await told('create -f -', JSON.stringify(daemon));
    expect(await told('rollout status daemonset/agent --timeout=90s')).toContain('successfully rolled out');
  });

  it('a drain waits for a disruption budget', async () => {
    await told('create poddisruptionbudget web --selector=app=web --min-available=3');
    await until('get pdb web -o jsonpath={.status.currentHealthy}', '3');
    const host = await told('get pods -l app=web -o jsonpath={.items[0].spec.nodeName}');
    const held = await kubectl(
      `drain ${host} --ignore-daemonsets --force --delete-emptydir-data --pod-selector=app=web --timeout=3s`,
    );
    expect(held.code).toBe(1);
    expect(held.stderr).toContain("violate the pod's disruption budget");
    await told('delete pdb web');
    await told(`drain ${host} --ignore-daemonsets --force --delete-emptydir-data --timeout=90s`);
    await told(`uncordon ${host}`);
    await until('get deployment web -o jsonpath={.status.readyReplicas}', '3');
  });

  it('what is deleted takes its children along, and a namespace all that is in it', async () => {
    await told('delete deployment web --cascade=foreground --timeout=90s');
    expect(await told('get pods -l app=web -o name')).toBe('');
    await told('create namespace shop');
    await told('create deployment web -n shop --image=example.com/web:1');
    await told('rollout status deployment/web -n shop --timeout=90s');
    await told('delete namespace shop --timeout=90s');
    expect((await kubectl('get namespace shop')).code).toBe(1);
  });
});
