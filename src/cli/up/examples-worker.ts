/** A thread that lays the examples and ends: what it needs for that is not kept in memory. */
import { KubeClient, loadKubeconfig } from '../../kube/index.ts';
import { openRecords } from '../../records/index.ts';
import { layExamples } from './examples.ts';
import type { ExamplesInput } from './parts.ts';
import { livePart } from './worker-life.ts';

await livePart<ExamplesInput, null>('examples', async ({ input, signal }) => {
  const client = new KubeClient(await loadKubeconfig({ path: input.kubeconfig }), { userAgent: 'jdos-examples' });
  try {
    await using records = await openRecords(input.dataDir);
    await layExamples({ client, records, signal });
    return { info: null };
  } finally {
    await client.close();
  }
});
