/** `jdos node-agent`. */
import { hostname } from 'node:os';
import process from 'node:process';
import { type Command, Option } from 'commander';
import { pino } from 'pino';
import { KubeClient, loadKubeconfig } from '../kube/index.ts';
import { networkProbe, startNodeAgent } from '../network/index.ts';
import { stopSignal } from './up/stop-signal.ts';

interface NodeAgentOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly node: string;
  readonly socket: string;
  readonly state: string;
  readonly arpProbe: string;
}

export function define(command: Command): void {
  command
    .option('--kubeconfig <file>', 'of the cluster (default: $KUBECONFIG, then ~/.kube/config, then the Pod’s own)')
    .option('--context <name>', 'the context in that kubeconfig')
    .addOption(new Option('--node <name>', 'the Node it works for').env('NODE_NAME').default(hostname()))
    .option('--socket <file>', 'where the plugin jdos-ipam connects to', '/run/jdos/ipam.sock')
    .option('--state <folder>', 'what must outlive it: removals under way, attachments', '/var/lib/jdos/ipam')
    .option('--arp-probe <program>', 'asks whether somebody has an address', 'jdos-arp-probe')
    .action(nodeAgent);
}

async function nodeAgent({ kubeconfig, context, node, socket, state, arpProbe }: NodeAgentOptions): Promise<void> {
  const target = await loadKubeconfig({ ...(kubeconfig && { path: kubeconfig }), ...(context && { context }) });
  const signal = stopSignal();
  const log = pino({ base: { part: 'node-agent', node, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime });
  const client = new KubeClient(target, { userAgent: 'jdos-node-agent' });
  const onError = (err: unknown) => log.warn({ err }, 'will be tried again');
  const answersFor = networkProbe({ arpProbe, onError });
  const agent = await startNodeAgent({ client, node, socket, stateDir: state, signal, answersFor, onError });
  log.info({ server: target.server, socket }, 'listens');
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await agent.stop();
  await client.close();
}
