import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './rooms.ts';

it('docs/dependencies.md has a row for every dependency, and for none that is not there', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const page = readFileSync(join(ROOT, 'docs/dependencies.md'), 'utf8');
  const rows = [...page.matchAll(/^\| ([^|]+) \|/gm)].flatMap((row) => row[1]!.split(',').map((name) => name.trim()));
  const named = rows.filter((name) => name !== 'package' && !name.startsWith('---'));
  const present = [...Object.keys(manifest.dependencies!), ...Object.keys(manifest.devDependencies!)];
  expect(named.toSorted()).toEqual(present.toSorted());
});
