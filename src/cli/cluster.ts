/** Which cluster a command speaks to: the running instance of the data directory, unless a kubeconfig is named. */
import type { Command } from 'commander';
import { KubeClient, loadKubeconfig } from '../kube/index.ts';
import { addDataDir, type DataDirOptions } from './data-dir.ts';
import { runningInstance } from './instance.ts';

export interface ClusterOptions extends DataDirOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** $KUBECONFIG is left aside on purpose: it may point at a cluster where simulated hosts are unwelcome. */
export function addCluster(command: Command): Command {
  return addDataDir(command)
    .option('--kubeconfig <file>', 'speak to this cluster instead of the running instance')
    .option('--context <name>', 'context of that kubeconfig');
}

/** Runs `work` with a client that is closed afterwards. @throws JdosError JDOS_ERR_NOT_RUNNING */
export async function withCluster<T>(options: ClusterOptions, work: (client: KubeClient) => Promise<T>): Promise<T> {
  const path = options.kubeconfig ?? runningInstance(options.data).kubeconfig;
  const target = await loadKubeconfig({ path, ...(options.context && { context: options.context }) });
  const client = new KubeClient(target, { userAgent: 'jdos-cli' });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
