/** The thread of the built-in controllers and the scheduler, clients of the API like any other. */
import { KubeClient, loadKubeconfig } from '../../kube/index.ts';
import type { Access, ControllersInput } from './parts.ts';
import { livePart } from './worker-life.ts';

const RETRY = 'will be tried again';

await livePart<ControllersInput, null>('controllers', async ({ input, signal, log }) => {
  const clients: KubeClient[] = [];
  const connect = async ({ kubeconfig, context }: Access) => {
    const target = await loadKubeconfig({ ...(kubeconfig && { path: kubeconfig }), ...(context && { context }) });
    const client = new KubeClient(target, { userAgent: 'jdos-controllers' });
    clients.push(client);
    return client;
  };
  if (input.controllers) {
    const { startControllers } = await import('../../controlplane/index.ts');
    const { rootCertificate } = input.controllers;
    const onError = (controller: string, key: string, err: unknown) => log.warn({ controller, key, err }, RETRY);
    await startControllers({ client: await connect(input.controllers), signal, rootCertificate, onError });
  }
  if (input.scheduler) {
    const { startScheduler } = await import('../../scheduler/index.ts');
    const { schedulerName } = input.scheduler;
    const onError = (err: unknown) => log.warn({ controller: 'scheduler', err }, RETRY);
    const client = await connect(input.scheduler);
    await startScheduler({ client, signal, onError, ...(schedulerName && { schedulerName }) });
  }
  return {
    info: null,
    stop: async () => {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
});
