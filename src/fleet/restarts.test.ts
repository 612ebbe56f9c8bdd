/** The fleet may be killed between any two writes: the next one goes on from what the API says. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NODES, PODS, type Pod, VirtualClock } from '../kube/index.ts';
import { startFleet } from './fleet.ts';
import { makeHosts } from './make-hosts.ts';
import { MemoryApi } from './testing/memory-api.ts';

const HOSTS = makeHosts(2).map((host) => host.metadata.name!);
const PODS_A_HOST = 4;
const ANNOTATIONS = { 'fleet.jdos.jd.com/run-seconds': '2' };

function addPods(api: MemoryApi): void {
  for (const [h, nodeName] of HOSTS.entries())
    for (let i = 0; i < PODS_A_HOST; i++) {
      const job = i % 2 === 1;
      api.put<Pod>(PODS, {
        metadata: { name: `pod-${h}-${i}`, namespace: 'default', ...(job && { annotations: ANNOTATIONS }) },
        spec: {
          nodeName,
          restartPolicy: job ? 'Never' : 'Always',
          initContainers: [{ name: 'setup', image: 'busybox:1.36' }],
          containers: [{ name: 'web', image: 'nginx:1.27', readinessProbe: { periodSeconds: 1 } }],
        },
      });
    }
}

/** A fleet that dies at once after so many of its writes: none that follows arrives. */
async function liveAndDie(api: MemoryApi, clock: VirtualClock, writes: number): Promise<void> {
  let left = writes;
  let dead = false;
  api.refuse = () => {
    dead ||= left-- <= 0;
    return dead ? (new Error('the process is gone') as never) : undefined;
  };
  const fleet = startFleet({ client: api.client, signal: new AbortController().signal, clock }).catch(() => undefined);
  for (let i = 0; i < 100 && !dead; i++) await clock.advance(100);
  await (await fleet)?.stop();
  api.refuse = undefined;
}

test('whenever it dies, in the end every Pod runs or is done, no address is given twice, nothing was restarted', async () => {
  const deaths = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(deaths, async (lives) => {
      const api = new MemoryApi();
      const clock = new VirtualClock();
      for (const host of makeHosts(2)) api.put(NODES, host);
      addPods(api);
      for (const writes of lives) await liveAndDie(api, clock, writes);
      const last = await startFleet({ client: api.client, signal: new AbortController().signal, clock });
      await clock.advance(60_000);
      await last.stop();
      const pods = api.all(PODS);
      for (const { metadata, status } of pods) {
        const job = metadata.annotations !== undefined;
        expect(status).toMatchObject({ phase: job ? 'Succeeded' : 'Running' });
        expect(status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0, ready: !job });
        expect(status?.conditions?.filter((c) => c.type === 'Ready')).toHaveLength(1);
      }
      const running = pods.filter((pod) => pod.status?.phase === 'Running');
      expect(new Set(running.map((pod) => pod.status?.podIP)).size).toBe(running.length);
    }),
    { numRuns: 12 },
  );
});
