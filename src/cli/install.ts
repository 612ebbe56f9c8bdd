/** `jdos install`. */
import process from 'node:process';
import type { Command } from 'commander';
import { JdosError } from '../errors/index.ts';
import { KubeClient, loadKubeconfig } from '../kube/index.ts';
import { type InstallStep, installKinds } from '../resources/index.ts';
import { addOutput, type ListView, type OutputOptions, printList } from './output.ts';
import { parseSeconds } from './seconds.ts';

interface InstallCommandOptions extends OutputOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly dryRun?: boolean;
  readonly timeout: number;
}

export function define(command: Command): void {
  addOutput(command)
    .option('--attach', 'the default: an existing cluster; accepted for symmetry with `jdos up --attach`')
    .option('--kubeconfig <file>', 'of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'the context in that kubeconfig')
    .option('--dry-run', 'show what would be done; nothing is written')
    .option('--timeout <seconds>', 'how long to wait until the cluster serves the types', parseSeconds, 60)
    .action(install);
}

const VIEW: ListView<InstallStep> = {
  columns: [
    { head: 'KIND', cell: ({ kind }) => kind },
    { head: 'NAME', cell: ({ name }) => name },
    { head: 'ACTION', cell: ({ action }) => WORDS[action] },
  ],
  name: ({ kind, name }) => `${kind.toLowerCase()}/${name}`,
  empty: 'nothing to install',
};
const WORDS = { create: 'created', change: 'changed', none: 'unchanged' } as const;

async function install(options: InstallCommandOptions): Promise<void> {
  const { kubeconfig, context, dryRun = false, timeout } = options;
  const target = await loadKubeconfig({ ...(kubeconfig && { path: kubeconfig }), ...(context && { context }) });
  const client = new KubeClient(target, { userAgent: 'jdos-install' });
  process.stderr.write(`${dryRun ? 'asking' : 'installing on'} ${target.server}\n`);
  const signal = AbortSignal.timeout(timeout * 1000);
  try {
    printList(options, await installKinds(client, { dryRun, signal }), VIEW);
    if (dryRun) process.stderr.write('nothing was written; run it again without --dry-run\n');
  } catch (error) {
    if (!signal.aborted) throw error;
    const what = 'the installation of the resource types';
    throw new JdosError(
      'JDOS_ERR_TIMEOUT',
      { what, seconds: timeout, state: 'run it again, it goes on' },
      { cause: error },
    );
  } finally {
    await client.close();
  }
}
