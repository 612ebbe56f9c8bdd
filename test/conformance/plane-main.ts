/**
 * An embedded control plane as a process of its own, made to be killed: `plane-main.ts DIR PORT EPOCH SPEED`. Its clock
 * runs SPEED times as fast as in life since EPOCH, so that history is compacted and bookmarks come within a test.
 * Prints one line of JSON when it is ready: url and kubeconfig.
 */
import process from 'node:process';
import { startControlPlane } from '../../src/controlplane/index.ts';
import { type Clock, systemClock } from '../../src/kube/index.ts';

const [dataDir = '', port, epoch, speed] = process.argv.slice(2);

function faster(since: number, factor: number): Clock {
  return {
    now: () => since + (systemClock.now() - since) * factor,
    after: (ms, then) => systemClock.after(ms / factor, then),
  };
}

process.on('unhandledRejection', (error) => {
  console.error('unhandled rejection:', error);
  process.exit(70);
});

const plane = await startControlPlane({
  dataDir,
  port: Number(port),
  clock: faster(Number(epoch), Number(speed)),
  onError: (error, path) => console.error(`FAULT at ${path}:`, error),
});
process.on('SIGTERM', () => void plane.stop().then(() => process.exit(0)));
console.log(JSON.stringify({ url: plane.url, kubeconfig: plane.adminKubeconfig }));
