import { describe, expect, it } from 'vitest';
import { pod } from './fixture.ts';
import { PartPool, sharePod } from './sharing.ts';

describe('sharePod', () => {
  it('changes nothing of a Pod, and holds equal parts once', () => {
    const pool = new PartPool();
    const [a, b] = [pod({ name: 'a' }), pod({ name: 'b' })];
    const [first, second] = [sharePod(pool, a), sharePod(pool, b)];
    expect([first, second]).toEqual([a, b]);
    expect(second.spec.containers).toBe(first.spec.containers);
    expect(second.metadata.labels).toBe(first.metadata.labels);
  });
});

describe('PartPool', () => {
  it('forgets the oldest parts beyond its limit', () => {
    const pool = new PartPool(2);
    const [a, b, c] = [{ n: 1 }, { n: 2 }, { n: 3 }];
    for (const part of [a, b, c]) pool.share(part);
    expect(pool.share({ n: 3 })).toBe(c);
    const again = { n: 1 };
    expect(pool.share(again)).toBe(again);
  });
});
