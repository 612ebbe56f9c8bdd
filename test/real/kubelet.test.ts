/** What a stock kubelet does with a running Pod: the ground that Groups stand on. See docs/kubernetes-facts.md. */
import { afterAll, beforeAll } from 'vitest';
import { frozenFiles } from './kubelet/frozen-files.ts';
import { images } from './kubelet/images.ts';
import { resizing } from './kubelet/resizing.ts';
import { streams } from './kubelet/streams.ts';
import { RealCluster } from './real-cluster.ts';

let cluster: RealCluster;

beforeAll(async () => {
  cluster = await RealCluster.start();
});

afterAll(async () => {
  await cluster?.stop();
});

for (const facts of [images, frozenFiles, resizing, streams]) facts(() => cluster);
