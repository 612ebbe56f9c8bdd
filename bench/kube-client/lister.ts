/** A child process that lists all Pods in chunks whenever asked, and tells how many milliseconds that took. */
import process from 'node:process';
import { KubeClient, loadKubeconfig, PODS } from '../../src/kube/index.ts';

const client = new KubeClient(await loadKubeconfig({ path: process.argv[2]! }));
process.on('message', () => void list());
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function list(): Promise<void> {
  const from = performance.now();
  for await (const _ of client.listAll(PODS));
  process.send?.(performance.now() - from);
}
