import { expect, it } from 'vitest';
import type { Cell } from '../tables/index.ts';
import { toldApart } from './constants.ts';

const column = (...cells: Cell[]) => Array.from({ length: 20 }, (_, i) => cells[i % cells.length]!);

it('a column that says the same in every row travels once, unless it could not be part of a statement', () => {
  const keys = Array.from({ length: 20 }, (_, i) => BigInt(i));
  const columns = [
    column('bench'),
    column('a', 'b'),
    column(null),
    column(true),
    column(0, 1),
    column("it's"),
    column('nul\0'),
    column('中文'),
    column('x'.repeat(65)),
    column(Number.NaN),
  ];
  const { constants, varying } = toldApart({ columns: [keys, ...columns] });
  expect([...constants]).toEqual([
    [0, 'bench'],
    [2, null],
    [3, true],
    [5, "it's"],
  ]);
  expect(varying).toEqual([keys, ...[1, 4, 6, 7, 8, 9].map((i) => columns[i])]);
});

it('a few rows travel as they are', () => {
  expect(toldApart({ columns: [[1n], ['a']] }).constants.size).toBe(0);
});
