import { expect, it } from 'vitest';
import { CONFIG_MAPS, Informer, KubeClient, loadKubeconfig } from '../../src/kube/index.ts';
import { kubeClientBehaviour } from '../conformance/kube-client.ts';
import { startRealControlPlane } from './real-control-plane.ts';

kubeClientBehaviour('the kube client on a real kube-apiserver', async () => {
  const real = await startRealControlPlane({ controllers: false });
  return { target: await loadKubeconfig({ path: real.kubeconfig }), stop: () => real.stop() };
});

it('no write and no event is lost while the server asks for new connections all the time (GOAWAY)', async () => {
  const real = await startRealControlPlane({ controllers: false, apiServerFlags: ['--goaway-chance=0.02'] });
  const end = new AbortController();
  try {
    const client = new KubeClient(await loadKubeconfig({ path: real.kubeconfig }));
    const informer = new Informer(client, CONFIG_MAPS, { namespace: 'default', labelSelector: 'counted' });
    const seen: string[] = [];
    const all = Promise.withResolvers<void>();
    const wanted = Array.from({ length: 1500 }, (_, i) => `o-${i}`);
    informer.onChange({
      add(object) {
        seen.push(object.metadata.name);
        if (seen.length === wanted.length) all.resolve();
      },
    });
    informer.start(end.signal);
    await informer.synced();
    const left = [...wanted];
    const work = async () => {
      for (let name = left.pop(); name; name = left.pop()) {
        await client.create(CONFIG_MAPS, { metadata: { namespace: 'default', name, labels: { counted: '1' } } });
      }
    };
    await Promise.all(Array.from({ length: 64 }, work));
    await all.promise;
    expect(seen.toSorted()).toEqual(wanted.toSorted());
    end.abort();
    await client.close();
  } finally {
    await real.stop();
  }
});
