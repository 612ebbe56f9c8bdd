import { afterAll, beforeAll, expect, it } from 'vitest';
import { Cluster } from './harness.ts';

/** A cluster whose own scheduler is elsewhere, and a JDOS attached to it. */
let cluster: Cluster;
let attached: Cluster;

beforeAll(async () => {
  cluster = await Cluster.up({ args: ['--hosts', '3', '--without', 'scheduler'] });
  attached = await Cluster.up({ args: ['--attach', '--kubeconfig', cluster.kubeconfig] });
});
afterAll(async () => {
  await attached?.stop();
  await cluster?.stop();
});

it('places the Pods that name its scheduler, and leaves the others alone', async () => {
  const overrides = JSON.stringify({ spec: { schedulerName: 'jdos-scheduler' } });
  await cluster.kubectlOk(['run', 'ours', '--image=nginx', `--overrides=${overrides}`]);
  await cluster.kubectlOk('run theirs --image=nginx');
  await cluster.kubectlOk('wait --for=condition=Ready pod/ours --timeout=60s');
  expect(await cluster.kubectlOk('get pod theirs -o jsonpath={.spec.nodeName}')).toBe('');
});

it('tells of the cluster that it is attached to', async () => {
  const { stdout } = await attached.jdos('status');
  expect(stdout).toContain(`https://127.0.0.1:${cluster.apiPort}`);
  expect(stdout).toMatch(/hosts:\s+3\/3 ready/);
});
