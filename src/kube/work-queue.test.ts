import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from './clock.ts';
import { bucketLimiter, exponentialLimiter, strictestOf } from './rate-limiter.ts';
import { WorkQueue } from './work-queue.ts';

function queued() {
  const clock = new VirtualClock();
  return { clock, queue: new WorkQueue({ clock }) };
}

async function takeAll(queue: WorkQueue): Promise<string[]> {
  const keys: string[] = [];
  while (queue.size > 0) keys.push((await queue.take())!);
  return keys;
}

describe('a work queue', () => {
  it('gives keys in the order they were added, each once', async () => {
    const { queue } = queued();
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    expect(await takeAll(queue)).toEqual(['a', 'b', 'c']);
  });

  it('gives a key added while it is worked on again when that is done, and only then', async () => {
    const { queue } = queued();
    queue.add('a');
    await queue.take();
    queue.add('a');
    queue.add('a');
    expect(queue.size).toBe(0);
    queue.done('a');
    expect(await takeAll(queue)).toEqual(['a']);
    queue.done('a');
    expect(queue.size).toBe(0);
  });

  it('gives urgent keys before all others, each lane in its order, and each key once', async () => {
    const { queue } = queued();
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
    queue.addUrgent('c');
    queue.addUrgent('e');
    queue.add('e');
    expect(queue.size).toBe(5);
    expect(await takeAll(queue)).toEqual(['c', 'e', 'a', 'b', 'd']);
  });

  it('gives a key that became urgent while it was worked on before all others then', async () => {
    const { queue } = queued();
    queue.add('a');
    await queue.take();
    queue.add('a');
    queue.add('b');
    queue.addUrgent('a');
    queue.done('a');
    expect(await takeAll(queue)).toEqual(['a', 'b']);
  });

  it('gives a key to a worker that waits for one', async () => {
    const { queue } = queued();
    const taken = [queue.take(), queue.take()];
    queue.add('a');
    queue.add('b');
    expect(await Promise.all(taken)).toEqual(['a', 'b']);
  });

  it('adds after a delay, the shortest of several', async () => {
    const { clock, queue } = queued();
    queue.addAfter('a', 500);
    queue.addAfter('a', 100);
    queue.addAfter('a', 300);
    await clock.advance(99);
    expect(queue.size).toBe(0);
    await clock.advance(1);
    expect(await takeAll(queue)).toEqual(['a']);
    queue.done('a');
    await clock.advance(1000);
    expect(queue.size).toBe(0);
  });

  it('waits twice as long with each failure, until the key is forgotten', async () => {
    const { clock, queue } = queued();
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      const since = clock.now();
      queue.addRateLimited('a');
      while (queue.size === 0) await clock.advance(1);
      waits.push(clock.now() - since);
      queue.done((await queue.take())!);
    }
    expect(waits).toEqual([5, 10, 20, 40]);
    expect(queue.failures('a')).toBe(4);
    queue.forget('a');
    expect(queue.failures('a')).toBe(0);
  });

  it('lets what waits be taken when it closes, and takes no more', async () => {
    const { clock, queue } = queued();
    queue.add('a');
    queue.addAfter('late', 10);
    queue.close();
    queue.add('b');
    queue.addAfter('c', 1);
    await clock.advance(1000);
    expect(await queue.take()).toBe('a');
    expect(await queue.take()).toBeUndefined();
  });

  it('sends waiting workers home when it closes', async () => {
    const { queue } = queued();
    const taken = queue.take();
    queue.close();
    expect(await taken).toBeUndefined();
  });

  it('never gives one key to two workers, and loses no change', async () => {
    type Step = { kind: 'add' | 'urgent' | 'after' | 'take' | 'done'; key: string };
    const steps = fc.array(
      fc.record({
        kind: fc.constantFrom<Step['kind'][]>('add', 'urgent', 'after', 'take', 'done'),
        key: fc.constantFrom('a', 'b', 'c'),
      }),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { clock, queue } = queued();
        const working = new Set<string>();
        const owed = new Set<string>();
        const take = async () => {
          const key = (await queue.take())!;
          expect(working.has(key)).toBe(false);
          working.add(key);
          owed.delete(key);
        };
        for (const { kind, key } of all) {
          if (kind !== 'take' && kind !== 'done') owed.add(key);
          if (kind === 'add') queue.add(key);
          else if (kind === 'urgent') queue.addUrgent(key);
          else if (kind === 'after') queue.addAfter(key, 5);
          else if (kind === 'take' && queue.size > 0) await take();
          else if (kind === 'done' && working.delete(key)) queue.done(key);
        }
        await clock.advance(10);
        for (const key of [...working]) if (working.delete(key)) queue.done(key);
        while (queue.size > 0) await take();
        expect([...owed]).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('rate limiters', () => {
  it('stop doubling at their limit', () => {
    const limiter = exponentialLimiter(5, 1_000_000);
    let wait = 0;
    for (let i = 0; i < 100; i++) wait = limiter.when('a');
    expect(wait).toBe(1_000_000);
    expect(limiter.when('b')).toBe(5);
  });

  it('let a burst through and then a number each second', async () => {
    const clock = new VirtualClock();
    const limiter = bucketLimiter(10, 3, clock);
    expect(Array.from({ length: 5 }, () => limiter.when('x'))).toEqual([0, 0, 0, 100, 200]);
    await clock.advance(300);
    expect(limiter.when('x')).toBe(0);
  });

  it('together ask for the longest wait', () => {
    const limiter = strictestOf(exponentialLimiter(5), bucketLimiter(1, 1, new VirtualClock()));
    expect([limiter.when('a'), limiter.when('a')]).toEqual([5, 1000]);
    expect(limiter.failures('a')).toBe(2);
    limiter.forget('a');
    expect(limiter.failures('a')).toBe(0);
  });
});
