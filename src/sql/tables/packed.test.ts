import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Engine } from '../../engine/index.ts';
import type { Cell } from './column.ts';
import { pack, read, unpack } from './packed.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start();
});
afterAll(() => engine.stop());

async function back(cells: readonly Cell[]): Promise<unknown[]> {
  const packed = pack(cells);
  await engine.write({
    prepare: ['CREATE OR REPLACE TABLE packed (c VARCHAR)'],
    appends: [{ table: 'packed', columns: [[packed.text]] }],
    statements: [],
  });
  const sql = `SELECT ${read('p', packed)} FROM (SELECT ${unpack('c')} AS p FROM packed)`;
  return (await engine.rows({ sql, user: 'test' })).flat();
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.constantFrom('\x1d', '\x1e', '\x1f', 'b', 'n', 'e', 'é', '中')).map((chars) => chars.join('')),
);
const cell = fc.oneof(
  { weight: 6, arbitrary: text },
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.bigInt(),
);

it('a column comes out as it went in, whatever its texts hold', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 30 }), async (cells) => {
      expect(await back(cells)).toEqual(cells.map((one) => (one === null ? null : String(one))));
    }),
    { numRuns: 200 },
  );
});

it('ordinary texts travel as they are', () => {
  expect(pack(['a', 1n, true])).toEqual({ text: 'a\x1f1\x1ftrue', nulls: false, spelt: false });
});
