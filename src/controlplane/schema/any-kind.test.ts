import fc from 'fast-check';
import { expect, test } from 'vitest';
import { complete } from './complete.ts';
import { decode } from './decode.ts';
import { DecodeFault } from './decode-fault.ts';
import { builtInKinds } from './facts.ts';
import { arbitraryObject } from './protobuf/arbitrary.testing.ts';

const types = builtInKinds().map(({ type }) => type);

test('what has been read is read again as the same', () => {
  const object = fc.constantFrom(...types).chain((type) => arbitraryObject(type).map((value) => ({ type, value })));
  fc.assert(
    fc.property(object, ({ type, value }) => {
      const first = decode(type, value);
      expect(first.unknown).toEqual([]);
      complete(type, first.object);
      const again = decode(type, first.object).object;
      complete(type, again);
      expect(again).toEqual(first.object);
    }),
    { numRuns: 300 },
  );
});

test('whatever comes is read or is a fault, never anything else', () => {
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.object({ key: fc.constantFrom(...WORDS) }), (type, value) => {
      try {
        complete(type, decode(type, value).object);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeFault);
      }
    }),
    { numRuns: 1000 },
  );
});

/** Names that many types have, so that chance gets somewhere. */
const WORDS = ['metadata', 'spec', 'status', 'labels', 'items', 'template', 'containers', 'name', '__proto__', 'data'];
