/** `test/real/up`: a real control plane to try things on by hand. Ends with Ctrl-C. */
import process from 'node:process';
import { startRealControlPlane } from './real-control-plane.ts';

const start = Date.now();
const plane = await startRealControlPlane({ scheduler: process.argv.includes('--scheduler') });
console.log(`ready after ${((Date.now() - start) / 1000).toFixed(1)} s at ${plane.url}; logs in ${plane.directory}`);
console.log(`export KUBECONFIG=${plane.kubeconfig}`);

const keepAlive = setInterval(() => undefined, 60_000);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(keepAlive);
    void plane.stop();
  });
}
