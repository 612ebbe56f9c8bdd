import { describe, expect, it } from 'vitest';
import { failure, type KubeClient, PODS, type Pod, VirtualClock, type WatchEvent } from '../kube/index.ts';
import { Freshness, STALE_AFTER_MS } from './freshness.ts';

function fixture(answer: () => AsyncIterable<WatchEvent<Pod>>) {
  const clock = new VirtualClock();
  const informer = { heardAt: clock.now(), resourceVersion: '7' };
  const asked: unknown[] = [];
  const watch = ((_: unknown, { resourceVersion }: { resourceVersion: string }) => {
    asked.push(resourceVersion);
    return answer();
  }) as unknown as KubeClient['watch'];
  return { clock, informer, asked, freshness: new Freshness({ watch }, clock, [{ type: PODS, informer }]) };
}

async function* nothing(): AsyncGenerator<WatchEvent<Pod>> {}
async function* something(): AsyncGenerator<WatchEvent<Pod>> {
  yield { type: 'MODIFIED', object: { metadata: { name: 'web-0' } } as Pod };
}
// biome-ignore lint/correctness/useYield: it fails before it could
async function* refusal(): AsyncGenerator<WatchEvent<Pod>> {
  throw failure('Expired', 'too old');
}
async function* silence(): AsyncGenerator<WatchEvent<Pod>> {
  await new Promise(() => {});
}

describe('a copy', () => {
  it('of which something was heard a moment ago is fresh, and nobody is asked', async () => {
    const { clock, freshness, asked } = fixture(something);
    await clock.advance(STALE_AFTER_MS);
    expect(await freshness.isFresh()).toBe(true);
    expect(asked).toEqual([]);
  });

  it('that has been quiet is fresh when nothing came after its version, and then for as long again', async () => {
    const { clock, freshness, asked } = fixture(nothing);
    await clock.advance(STALE_AFTER_MS + 1);
    expect(await Promise.all([freshness.isFresh(), freshness.isFresh()])).toEqual([true, true]);
    await clock.advance(STALE_AFTER_MS);
    expect(await freshness.isFresh()).toBe(true);
    expect(asked).toEqual(['7']);
    await clock.advance(1);
    await freshness.isFresh();
    expect(asked).toEqual(['7', '7']);
  });

  it.each([
    ['something came', something],
    ['the server refuses', refusal],
  ])('that has been quiet is stale when %s', async (_, answer) => {
    const { clock, freshness } = fixture(answer);
    await clock.advance(STALE_AFTER_MS + 1);
    expect(await freshness.isFresh()).toBe(false);
  });

  it('is stale when the server does not answer', async () => {
    const { clock, informer } = fixture(silence);
    const watch = async function* (_: unknown, { signal }: { signal: AbortSignal }) {
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      yield* silence();
    } as unknown as KubeClient['watch'];
    const freshness = new Freshness({ watch }, clock, [{ type: PODS, informer }]);
    await clock.advance(STALE_AFTER_MS + 1);
    const answer = freshness.isFresh();
    await clock.advance(60_000);
    expect(await answer).toBe(false);
  });
});
