import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../kube/index.ts';
import { testCluster, testPod } from '../core/test-cluster.ts';
import { StatusWriter, type Waiting } from './status-writer.ts';

function world(concurrency?: number) {
  const clock = new VirtualClock();
  const patches: { name: string; status: object }[] = [];
  const gates: (() => void)[] = [];
  const client = {
    patch: async (_type: unknown, name: string, patch: { body: object }) => {
      patches.push({ name, status: (patch.body as { status: object }).status });
      await new Promise<void>((resolve) => gates.push(resolve));
      return {} as never;
    },
  };
  const writer = new StatusWriter({ client, clock, onError: () => {}, ...(concurrency && { concurrency }) });
  return { clock, patches, gates, writer, cluster: testCluster([]) };
}

const waiting: Waiting = { reason: 'Unschedulable', message: '0/1 nodes are available' };

describe('StatusWriter', () => {
  it('writes the condition once', async () => {
    const { writer, patches, cluster, clock } = world();
    const info = cluster.info(testPod('p'));
    expect(writer.waits(info, waiting)).toBe(true);
    expect(writer.waits(info, waiting)).toBe(false);
    const lastTransitionTime = new Date(clock.now()).toISOString().replace('.000', '');
    expect(patches).toEqual([
      {
        name: 'p',
        status: { conditions: [{ type: 'PodScheduled', status: 'False', ...waiting, lastTransitionTime }] },
      },
    ]);
  });

  it('writes nothing that the status says already, and keeps the time of the transition', () => {
    const { writer, patches, cluster } = world();
    const lastTransitionTime = '2025-01-01T00:00:00Z';
    const conditions = [{ type: 'PodScheduled', status: 'False', ...waiting, lastTransitionTime }];
    const info = cluster.info({ ...testPod('p'), status: { conditions } });
    expect(writer.waits(info, waiting)).toBe(false);
    expect(writer.waits(info, { ...waiting, message: 'other' })).toBe(true);
    expect(patches[0]!.status).toMatchObject({ conditions: [{ message: 'other', lastTransitionTime }] });
  });

  it('writes a nomination, and its end', () => {
    const { writer, patches, cluster } = world();
    writer.waits(cluster.info(testPod('p')), { ...waiting, nominatedNodeName: 'n' });
    const nominated = cluster.info({ ...testPod('q'), status: { nominatedNodeName: 'n' } });
    writer.waits(nominated, { ...waiting, nominatedNodeName: null });
    expect(patches).toMatchObject([{ status: { nominatedNodeName: 'n' } }, { status: { nominatedNodeName: null } }]);
  });

  it('keeps only the latest of what it could not write yet', async () => {
    const { writer, patches, gates, clock } = world(1);
    writer.write('default/first', { a: 1 });
    writer.write('default/p', { a: 1, b: 1 });
    writer.write('default/p', { a: 2 });
    gates[0]!();
    await clock.advance(0);
    expect(patches).toEqual([
      { name: 'first', status: { a: 1 } },
      { name: 'p', status: { a: 2, b: 1 } },
    ]);
  });
});
