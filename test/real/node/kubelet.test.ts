/** What a stock kubelet does with a running Pod: the ground that Groups stand on. See docs/kubernetes-facts.md. */
import { afterAll, beforeAll } from 'vitest';
import { RealCluster } from '../real-cluster.ts';
import { frozenFiles } from './frozen-files.ts';
import { imageChanges } from './image-changes.ts';
import { resizing } from './resizing.ts';
import { streams } from './streams.ts';

let cluster: RealCluster;

beforeAll(async () => {
  cluster = await RealCluster.start();
});

afterAll(async () => {
  await cluster?.stop();
});

for (const facts of [imageChanges, frozenFiles, resizing, streams]) facts(() => cluster);
