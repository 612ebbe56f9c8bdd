import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmap } from './bitmap.ts';

/** What a bitmap should be, written so that it cannot be wrong. */
class Naive {
  readonly size: number;
  readonly taken = new Set<number>();

  constructor(size: number) {
    this.size = size;
  }

  nextFree(from: number): number | undefined {
    for (let i = 0; i < this.size; i++) {
      const index = (from + i) % this.size;
      if (!this.taken.has(index)) return index;
    }
    return undefined;
  }
}

const steps = fc.array(
  fc.record({ verb: fc.constantFrom('take' as const, 'free' as const, 'next' as const), at: fc.nat() }),
  { maxLength: 300 },
);

describe('Bitmap', () => {
  it('does what a plain set of numbers does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2500 }), steps, fc.boolean(), (size, actions, full) => {
        const [bitmap, naive] = [new Bitmap(size), new Naive(size)];
        if (full) for (let i = 0; i < size; i++) bitmap.take(i) && naive.taken.add(i);
        for (const { verb, at } of actions) {
          const index = at % size;
          if (verb === 'next') expect(bitmap.nextFree(index)).toBe(naive.nextFree(index));
          else if (verb === 'free') expect(bitmap.free(index)).toBe(naive.taken.delete(index));
          else expect(bitmap.take(index)).toBe(naive.taken.size < naive.taken.add(index).size);
          expect(bitmap.has(index)).toBe(naive.taken.has(index));
          expect(bitmap.taken).toBe(naive.taken.size);
        }
      }),
    );
  });

  it('costs nothing for what is free, however much there is', () => {
    const bitmap = new Bitmap(Number.MAX_SAFE_INTEGER);
    for (let i = 0; i < 5000; i++) bitmap.take(bitmap.nextFree(2 ** 40)!);
    expect(bitmap.taken).toBe(5000);
    expect(bitmap.nextFree(2 ** 40)).toBe(2 ** 40 + 5000);
  });

  it('takes no number beyond its size', () => {
    expect(() => new Bitmap(8).take(8)).toThrow('8 is not below 8');
    expect(() => new Bitmap(0.5)).toThrow('expected a whole number');
  });
});
