import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errors } from '../../src/errors/index.ts';
import { ROOT } from './rooms.ts';

const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
const rows = [...page.matchAll(/^\| `(JDOS_ERR_\w+)` \| (.+?) \| (.+?) \|$/gm)];

it('docs/errors.md lists exactly the codes of the table, in its order', () => {
  expect(rows.map((row) => row[1])).toEqual(Object.keys(errors));
});

it('docs/errors.md shows the messages of the table', () => {
  const shown = rows.map((row) => row[2]!.replaceAll('\\|', '|'));
  expect(shown).toEqual(Object.values(errors));
});
