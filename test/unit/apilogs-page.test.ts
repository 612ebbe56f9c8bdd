import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EVENT_COLUMNS, reports } from '../../src/apilogs/index.ts';
import { ROOT } from './rooms.ts';

const read = (page: string) => readFileSync(join(ROOT, 'docs', page), 'utf8');

it('docs/apilogs.md has a row for every column of events, in their order', () => {
  const rows = read('apilogs.md')
    .split('\n')
    .filter((line) => /^\| `/.test(line));
  const expected = EVENT_COLUMNS.map(
    ({ name, type, doc, claimed }) => `| \`${name}\`${claimed ? ' *' : ''} | ${type} | ${doc} |`,
  );
  expect(rows.slice(0, expected.length)).toEqual(expected);
});

it('docs/commands/apilogs.md names every report', () => {
  const page = read('commands/apilogs.md');
  for (const { name } of reports()) expect(page).toContain(`\`${name}\``);
});
