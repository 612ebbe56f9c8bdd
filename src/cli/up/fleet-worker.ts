/** The thread of the simulated hosts, clients of the API like real kubelets. */
import { dirname } from 'node:path';
import { ensureHosts, makeHosts, startFleet } from '../../fleet/index.ts';
import { KubeClient, loadKubeconfig } from '../../kube/index.ts';
import { fleetNetwork } from '../fleet-network.ts';
import { writeKubeletFile } from './kubelet-file.ts';
import type { FleetInput } from './parts.ts';
import { livePart } from './worker-life.ts';

await livePart<FleetInput, null>('fleet', async ({ input, signal, progress, log }) => {
  const client = new KubeClient(await loadKubeconfig({ path: input.kubeconfig }), { userAgent: 'jdos-fleet' });
  const onProgress = (done: number, total: number) => progress(`${done}/${total}`);
  await ensureHosts(client, makeHosts(input.hosts), { signal, onProgress });
  const onError = (err: unknown) => log.warn({ err }, 'will be tried again');
  const network = fleetNetwork({ client, signal, onError });
  const fleet = await startFleet({ client, signal, network, onError });
  writeKubeletFile(dirname(input.kubeconfig), fleet.kubelet);
  return {
    info: null,
    stop: async () => {
      await fleet.stop();
      await client.close();
    },
  };
});
