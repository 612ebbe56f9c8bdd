import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startControlPlane } from '../../src/controlplane/index.ts';
import { type Clock, CONFIG_MAPS, Informer, KubeClient, loadKubeconfig, systemClock } from '../../src/kube/index.ts';
import { kubeClientBehaviour } from '../conformance/kube-client.ts';

async function startEmbedded(dataDir = mkdtempSync(join(tmpdir(), 'jdos-informer-')), port = 0) {
  const plane = await startControlPlane({ dataDir, port });
  const path = join(dataDir, 'admin.kubeconfig');
  writeFileSync(path, plane.adminKubeconfig, { mode: 0o600 });
  return { plane, dataDir, port: plane.port, target: await loadKubeconfig({ path }) };
}

kubeClientBehaviour('the kube client on the embedded control plane', async () => {
  const { plane, dataDir, target } = await startEmbedded();
  const stop = async () => {
    await plane.stop();
    rmSync(dataDir, { recursive: true });
  };
  return { target, stop };
});

it('an informer goes on through a restart of the control plane', async () => {
  const hasty: Clock = { now: () => systemClock.now() * 20, after: (ms, then) => systemClock.after(ms / 20, then) };
  const first = await startEmbedded();
  const client = new KubeClient(first.target);
  const end = new AbortController();
  const informer = new Informer(client, CONFIG_MAPS, { namespace: 'default', clock: hasty });
  const calls: string[] = [];
  const arrived = new Map<string, () => void>();
  const arrival = (name: string) => new Promise<void>((resolve) => arrived.set(name, resolve));
  informer.onChange({
    add({ metadata: { name } }) {
      calls.push(name);
      arrived.get(name)?.();
    },
  });
  informer.start(end.signal);
  await informer.synced();
  const [before, after] = [arrival('before'), arrival('after')];
  await client.create(CONFIG_MAPS, { metadata: { namespace: 'default', name: 'before' } });
  await before;
  await first.plane.stop();
  const second = await startEmbedded(first.dataDir, first.port);
  await client.create(CONFIG_MAPS, { metadata: { namespace: 'default', name: 'after' } });
  await after;
  expect(calls.filter((name) => name === 'before' || name === 'after')).toEqual(['before', 'after']);
  end.abort();
  await client.close();
  await second.plane.stop();
  rmSync(first.dataDir, { recursive: true });
});
