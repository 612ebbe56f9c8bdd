import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { tablePage } from './table-page.ts';

const PAGE = join(import.meta.dirname, '../../../docs/sql.md');
const MARK = '## The tables\n\n';

it('docs/sql.md lists every table and column with its unit; JDOS_UPDATE=1 writes it anew', () => {
  const page = readFileSync(PAGE, 'utf8');
  const head = page.slice(0, page.indexOf(MARK) + MARK.length);
  if (process.env.JDOS_UPDATE) writeFileSync(PAGE, head + tablePage());
  expect(readFileSync(PAGE, 'utf8')).toBe(head + tablePage());
});
