import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from './harness.ts';

const scratch = mkdtempSync(join(tmpdir(), 'jdos-fleet-'));
let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.up({ args: ['--hosts', '4'] });
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

function csv(name: string, lines: readonly string[]): string {
  const file = join(scratch, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

async function imported(args: string[]) {
  const { code, stdout, stderr } = await cluster.jdos(['fleet', 'import', ...args, '-o', 'json']);
  expect(stderr).not.toContain('error:');
  return { code, result: JSON.parse(stdout) as { pods: object; hosts: object; placement: Placement } };
}

interface Placement {
  readonly total: number;
  readonly running: number;
  readonly starting: number;
  readonly undecided: number;
  readonly waiting: readonly { reason: string; pods: number }[];
}

describe('jdos fleet', () => {
  it('shows the hosts in every form', async () => {
    expect((await cluster.jdos('fleet hosts')).stdout).toMatch(
      /^NAME +STATUS +ZONE +RACK .*\n(gz\S+ +Ready +gz-\d +r\S+ .*\n){4}$/,
    );
    expect((await cluster.jdos('fleet hosts -o name -l topology.kubernetes.io/zone=gz-2')).stdout).toBe(
      'node/gz2-r0201-01\n',
    );
    expect(JSON.parse((await cluster.jdos('fleet hosts -o json')).stdout)).toMatchObject({ items: { length: 4 } });
  });

  it('shows the Pods of a host', async () => {
    await cluster.kubectlOk(['apply', '-f', '-'], {
      input:
        'apiVersion: v1\nkind: Pod\nmetadata: {name: lone}\nspec: {nodeName: gz1-r0101-01, containers: [{name: a, image: nginx}]}\n',
    });
    await cluster.kubectlOk('wait --for=condition=Ready pod/lone --timeout=60s');
    expect((await cluster.jdos('fleet pods --host gz1-r0101-01 -n default -o name')).stdout).toBe('pod/lone\n');
    expect((await cluster.jdos('fleet pods --host gz1-r0101-01 -n default')).stdout).toMatch(/lone +1\/1 +Running +0/);
  });

  it('breaks and mends a host', async () => {
    const ready = async () =>
      cluster.kubectlOk('get node gz1-r0101-01 -o jsonpath={.status.conditions[?(@.type=="DiskPressure")].status}');
    expect((await cluster.jdos('fleet fault add disk-full --host gz1-r0101-01 --name full')).stdout).toContain(
      'fault/full added',
    );
    await cluster.until(ready, (status) => status === 'True');
    expect((await cluster.jdos('fleet fault list -o name')).stdout).toBe('fault/full\n');
    expect((await cluster.jdos('fleet fault clear full')).stdout).toBe('fault/full cleared\n');
    await cluster.until(ready, (status) => status === 'False');
    expect((await cluster.jdos('fleet fault clear full')).code).toBe(4);
  });

  it('refuses faults that mean nothing', async () => {
    expect((await cluster.jdos('fleet fault add earthquake')).code).toBe(2);
    expect((await cluster.jdos('fleet fault add rack-down')).stderr).toContain('rack');
    expect((await cluster.jdos('fleet fault clear')).code).toBe(2);
  });
});

describe('jdos fleet import', () => {
  it('runs what fits, tells what waits and why, and may be repeated', async () => {
    const nodes = csv('nodes.csv', ['sn,cpu_milli,memory_mib,gpu,model', 't1,16000,65536,2,T4', 't2,16000,65536,8,G2']);
    const pods = csv('pods.csv', [
      'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos',
      'whole,1000,1024,8,1000,,LS',
      'share-a,1000,1024,1,500,T4,BE',
      'share-b,1000,1024,1,500,T4,BE',
      'wants-v100,1000,1024,1,1000,V100M16|V100M32,LS',
      'too-many,1000,1024,9,1000,,LS',
    ]);
    const { code, result } = await imported(['--nodes', nodes, '--pods', pods, '--wait', '60s']);
    expect(code).toBe(0);
    expect(result).toMatchObject({ hosts: { created: 2 }, pods: { created: 5, failed: 0 } });
    expect(result.placement).toMatchObject({ total: 5, running: 3, starting: 0, undecided: 0 });
    expect(result.placement.waiting.map(({ pods: count }) => count).reduce((a, b) => a + b)).toBe(2);
    expect(JSON.stringify(result.placement.waiting)).toMatch(/Insufficient|affinity/);
    const again = await imported(['--nodes', nodes, '--pods', pods, '--wait', '60s']);
    expect(again.result).toMatchObject({ hosts: { created: 0, present: 2 }, pods: { created: 0, present: 5 } });
    const table = await cluster.jdos(['fleet', 'import', '--pods', pods, '--wait', '60s']);
    expect(table.stdout).toContain('5 Pods: 3 running, 2 waiting');
  });

  it('refuses a file with a fault in it and loads nothing of it', async () => {
    const nodes = csv('bad.csv', ['sn,cpu_milli,memory_mib,gpu,model', 'u1,16000,65536,0,', 'u2,sixteen,65536,0,']);
    const { code, stderr } = await cluster.jdos(['fleet', 'import', '--nodes', nodes]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('line 3: expected a whole number in cpu_milli, found sixteen'),
    ]);
    expect((await cluster.kubectl('get node u1')).code).toBe(1);
    expect((await cluster.jdos('fleet import')).code).toBe(2);
    expect((await cluster.jdos('fleet import --nodes /nowhere.csv')).stderr).toContain('cannot read /nowhere.csv');
  });

  const traces = process.env.JDOS_TRACES;
  it.skipIf(!traces)(
    'loads the openb hosts and Pods ($JDOS_TRACES), and every Pod is decided',
    { timeout: 400_000 },
    async () => {
      const file = (name: string) => join(traces!, 'openb', name);
      const args = ['--nodes', file('openb_node_list_all_node.csv'), '--pods', file('openb_pod_list_default.csv')];
      const { stdout } = await cluster.jdos(['fleet', 'import', ...args, '-n', 'openb', '--wait', '5m', '-o', 'json'], {
        timeoutMs: 380_000,
      });
      const { hosts, pods, placement } = JSON.parse(stdout) as { hosts: object; pods: object; placement: Placement };
      expect([hosts, pods]).toMatchObject([
        { created: 1523, failed: 0 },
        { created: 8152, failed: 0 },
      ]);
      expect(placement).toMatchObject({ total: 8152, starting: 0, undecided: 0 });
      expect(placement.running).toBeGreaterThan(8000);
    },
  );
});
