import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { consoleFiles } from '../../src/server/console/console-build.ts';

const MOST_BYTES = 450 * 1024;

/** The file and all that it cannot do without; what it asks for later (`import()`) is left out. */
function closureOf(dir: string, file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const code = readFileSync(join(dir, file), 'utf8');
  for (const [, name] of code.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+\.js)["']/g)) closureOf(dir, name!, found);
  return found;
}

it('the sign-in and the first page can be used after 450 KB of JavaScript, gzipped; pictures and other pages come when they are asked for', async () => {
  const built = await consoleFiles();
  const dir = join(built, 'assets');
  const page = readFileSync(join(built, 'index.html'), 'utf8');
  const begin = [...page.matchAll(/assets\/([^"]+\.js)"/g)].map(([, name]) => name!);
  const home = readdirSync(dir).find((name) => /^home-.*\.js$/.test(name));
  expect(begin.length).toBeGreaterThan(0);
  const files = new Set<string>();
  for (const file of [...begin, home!]) closureOf(dir, file, files);
  const bytes = [...files].reduce((sum, file) => sum + statSync(join(dir, `${file}.gz`)).size, 0);
  expect(bytes).toBeGreaterThan(200 * 1024);
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  const scripts = readdirSync(dir).filter((name) => name.endsWith('.js'));
  expect(scripts.length - files.size).toBeGreaterThan(15);
}, 120_000);
