/** A thread that puts the resource types on the cluster and ends: what it needs for that is not kept in memory. */
import { KubeClient, loadKubeconfig } from '../../kube/index.ts';
import { type InstallStep, installKinds } from '../../resources/index.ts';
import type { InstallInput } from './parts.ts';
import { livePart } from './worker-life.ts';

await livePart<InstallInput, readonly InstallStep[]>('install', async ({ input, signal, progress }) => {
  const client = new KubeClient(await loadKubeconfig({ path: input.kubeconfig }), { userAgent: 'jdos-install' });
  const onStep = ({ name }: InstallStep) => progress(name);
  try {
    return { info: await installKinds(client, { signal, onStep }) };
  } finally {
    await client.close();
  }
});
