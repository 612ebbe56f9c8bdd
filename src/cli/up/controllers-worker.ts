/** The thread of the built-in controllers and the scheduler, clients of the API like any other. */
import { KubeClient, loadKubeconfig } from '../../kube/index.ts';
import type { ControllersInput } from './parts.ts';
import { livePart } from './worker-life.ts';

const RETRY = 'will be tried again';

await livePart<ControllersInput, null>('controllers', async ({ input, signal, log }) => {
  const clients: KubeClient[] = [];
  const connect = async (path: string) => {
    const client = new KubeClient(await loadKubeconfig({ path }), { userAgent: 'jdos-controllers' });
    clients.push(client);
    return client;
  };
  if (input.controllers) {
    const { startControllers } = await import('../../controlplane/index.ts');
    const { rootCertificate } = input;
    const onError = (controller: string, key: string, err: unknown) => log.warn({ controller, key, err }, RETRY);
    await startControllers({ client: await connect(input.controllers), signal, rootCertificate, onError });
  }
  if (input.scheduler) {
    const { startScheduler } = await import('../../scheduler/index.ts');
    const onError = (err: unknown) => log.warn({ controller: 'scheduler', err }, RETRY);
    await startScheduler({ client: await connect(input.scheduler), signal, onError });
  }
  return {
    info: null,
    stop: async () => {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
});
