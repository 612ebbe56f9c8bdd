import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KnownObjects } from './known-objects.ts';

const key = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const step = fc.record({
  what: fc.constantFrom('add', 'delete', 'digest'),
  at: fc.nat(4000),
  part: fc.nat(1),
  digest: fc.nat(3),
});

it('what is known of objects is what a plain map would know, however many come and go', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(key, { minLength: 1, maxLength: 3000, size: 'max' }),
      fc.array(step, { maxLength: 5000, size: 'max' }),
      (keys, steps) => {
        const known = new KnownObjects(2);
        const model = new Map<bigint, number[]>();
        for (const { what, at, part, digest } of steps) {
          const of = keys[at % keys.length]!;
          const digests = model.get(of);
          if (what === 'delete') {
            known.delete(of);
            model.delete(of);
          } else if (what === 'add') {
            expect(known.add(of)).toBe(!digests);
            if (!digests) model.set(of, [0, 0]);
          } else {
            expect(known.isSame(of, part, digest + 1)).toBe(digests?.[part] === digest + 1);
            if (digests) digests[part] = digest + 1;
          }
          expect(known.size).toBe(model.size);
        }
      },
    ),
    { numRuns: 30 },
  );
});
