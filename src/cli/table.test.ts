import { expect, it } from 'vitest';
import { displayWidth, formatTable } from './table.ts';

const columns = [
  { head: 'NAME', cell: (row: [string, number]) => row[0] },
  { head: 'COUNT', cell: (row: [string, number]) => row[1] },
];

it('columns are as wide as their widest cell and end without blanks', () => {
  const rows: [string, number][] = [
    ['a', 1],
    ['longer', 20],
  ];
  expect(formatTable(columns, rows)).toBe('NAME     COUNT\na        1\nlonger   20\n');
});

it('Chinese characters count two columns, marks none', () => {
  expect(displayWidth('主机a')).toBe(5);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(formatTable(columns, [['主机', 1]])).toBe('NAME   COUNT\n主机   1\n');
});
