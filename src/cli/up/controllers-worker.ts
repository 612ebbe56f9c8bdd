/** The thread of the built-in controllers and the scheduler, clients of the API like any other. */
import { KubeClient, loadKubeconfig } from '../../kube/index.ts';
import type { ControllersInput } from './parts.ts';
import { livePart } from './worker-life.ts';

await livePart<ControllersInput, null>(async ({ input, signal }) => {
  const clients: KubeClient[] = [];
  const connect = async (path: string) => {
    const client = new KubeClient(await loadKubeconfig({ path }), { userAgent: 'jdos-controllers' });
    clients.push(client);
    return client;
  };
  if (input.controllers) {
    const { startControllers } = await import('../../controlplane/index.ts');
    const { rootCertificate } = input;
    await startControllers({ client: await connect(input.controllers), signal, rootCertificate, onError: logError });
  }
  if (input.scheduler) {
    const { startScheduler } = await import('../../scheduler/index.ts');
    const onError = (error: unknown) => console.error('scheduler', error);
    await startScheduler({ client: await connect(input.scheduler), signal, onError });
  }
  return {
    info: null,
    stop: async () => {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
});

function logError(controller: string, key: string, error: unknown): void {
  console.error(controller, key, error);
}
