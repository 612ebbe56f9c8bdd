/** `test/real/up`: a real control plane, or cluster, to try things on by hand. Ends with Ctrl-C. */
import process from 'node:process';
import { startRealControlPlane } from './real-control-plane.ts';
import { startRealNode } from './real-node.ts';

const start = Date.now();
const [withNode, withScheduler] = ['--node', '--scheduler'].map((flag) => process.argv.includes(flag));
const plane = await startRealControlPlane({ scheduler: withNode || withScheduler });
const node = withNode ? await startRealNode(plane) : undefined;
console.log(`ready after ${((Date.now() - start) / 1000).toFixed(1)} s at ${plane.url}; logs in ${plane.directory}`);
if (node) console.log(`node ${node.name} at ${node.address} runs ${node.app.v1.tagged}; logs in ${node.directory}`);
console.log(`export KUBECONFIG=${plane.kubeconfig}`);

const keepAlive = setInterval(() => undefined, 60_000);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(keepAlive);
    void stop();
  });
}

async function stop(): Promise<void> {
  await node?.stop();
  await plane.stop();
}
