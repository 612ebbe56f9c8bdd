import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Cell } from '../tables/index.ts';
import { digestOf } from './digest.ts';

const cell = fc.oneof(fc.string(), fc.constant(null), fc.integer(), fc.boolean());
const COLUMNS = 3;
const row = fc.array(cell, { minLength: COLUMNS, maxLength: COLUMNS });
const rows = fc.array(row, { maxLength: 5 }).map((cells) => ({
  columns: [cells.map((_, i) => BigInt(i)), ...Array.from({ length: COLUMNS }, (_, i) => cells.map((of) => of[i]!))],
}));

it('rows have the digest of their equals, and rows that differ anywhere have another', () => {
  fc.assert(
    fc.property(rows, rows, (a, b) => {
      const same = JSON.stringify(textsOf(a.columns)) === JSON.stringify(textsOf(b.columns));
      expect(digestOf(a, 0, 0) === digestOf(structuredClone(b), 0, 0)).toBe(same);
      expect(digestOf(a, 0, 0)).toBeGreaterThan(0);
    }),
  );
  const one = {
    columns: [
      [1n, 2n],
      ['owner', 'owner'],
      ['a', 'b'],
    ],
  };
  expect(digestOf(one, 1, 1)).toBe(digestOf({ columns: [[7n], ['other'], ['b']] }, 0, 1));
});

/** A number and its text are never in one column. */
function textsOf([, ...columns]: readonly (readonly Cell[])[]): unknown {
  return columns.map((column) => column.map((value) => (value === null ? null : String(value))));
}
