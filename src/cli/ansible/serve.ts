/** `jdos ansible-serve`: runs commands in Pods for Ansible's connection plugin. */
import process from 'node:process';
import type { Command } from 'commander';
import { podExecTransport, serveExec } from '../../batch/index.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { parseSeconds } from '../seconds.ts';
import { stopSignal } from '../up/stop-signal.ts';

interface ServeOptions extends ClusterOptions {
  readonly socket: string;
  readonly idle?: number;
}

export function define(command: Command): void {
  addCluster(command)
    .requiredOption('--socket <path>', 'unix socket, for you only')
    .option('--idle <duration>', 'end when nobody has asked for so long', parseSeconds)
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const { socket, idle } = options;
  await withCluster(options, async (client) => {
    const idleMs = idle === undefined ? {} : { idleMs: idle * 1000 };
    const { ended } = await serveExec({ socket, transport: podExecTransport(client), signal: stopSignal(), ...idleMs });
    process.stderr.write(`runs commands in Pods for whoever asks at ${socket}\n`);
    await ended;
  });
}
