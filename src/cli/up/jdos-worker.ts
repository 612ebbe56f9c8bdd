/** The thread of JDOS's own components, clients of the API under a name of their own. */
import { KubeClient, loadKubeconfig } from '../../kube/index.ts';
import { openRecords } from '../../records/index.ts';
import { firstAdminPassword } from '../../server/index.ts';
import { runComponents } from '../components.ts';
import type { JdosInfo, JdosInput } from './parts.ts';
import { livePart } from './worker-life.ts';

const RETRY = 'will be tried again';

await livePart<JdosInput, JdosInfo>('jdos', async ({ input, signal, log }) => {
  const { kubeconfig, context, dataDir, identity, patient, allowCheckAddresses } = input;
  const target = await loadKubeconfig({ ...(kubeconfig && { path: kubeconfig }), ...(context && { context }) });
  const client = new KubeClient(target, { userAgent: 'jdos' });
  const leading = Promise.withResolvers<void>();
  const running = runComponents({
    client,
    signal,
    identity,
    allowCheckAddresses,
    ...(dataDir && { dataDir }),
    onError: (component, key, err) => log.warn({ component, key, err }, RETRY),
    onLeading: (leads) => {
      log.info({ leads }, leads ? 'leads' : 'leads no more');
      if (leads) leading.resolve();
    },
  });
  if (patient)
    await Promise.race([leading.promise, running]).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  return {
    info: await firstAccount(dataDir),
    stop: async () => {
      await running.catch(() => undefined);
      await client.close();
    },
  };
});

/** The console's first account is made once for each data directory. */
async function firstAccount(dataDir: string | undefined): Promise<JdosInfo> {
  if (!dataDir) return {};
  await using records = await openRecords(dataDir);
  const firstPassword = await firstAdminPassword(records);
  return firstPassword === undefined ? {} : { firstPassword };
}
