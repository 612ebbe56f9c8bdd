/**
 * The cases by which Groups, Releases, addresses, guarded services and disruption are judged: each is a test whose name begins
 * with its id. One test may begin with several ids.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { filesUnder } from './rooms.ts';

const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  'local rebuild': ids('L', 24),
  'grey release': ids('G', 20),
  'identity and addresses': ids('N', 18),
  'frozen configuration': ids('C', 10),
  resize: ids('R', 10),
  endpoints: ids('E', 12),
  eviction: ids('V', 8),
  'scale and robustness': ids('S', 9),
};

/** Suites of other rooms have cases of their own under the same letters. */
const SUITES = /^(src\/(groups|services|network|nodes)\/|test\/(e2e\/(groups|network|nodes)\/|e2e\/[^/]+$|real\/))/;
const FOREIGN = /^test\/e2e\/maintenance/;
const TITLE = /(?:\bit|\bdescribe|\btest|\)|\])\s*\(\s*(['"`])((?:[LGNCREVS]\d+ )+)/g;

function ids(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${letter}${i + 1}`);
}

function proved(): ReadonlySet<string> {
  const suites = ['src', 'test']
    .flatMap(filesUnder)
    .filter((path) => path.endsWith('.test.ts') && SUITES.test(path) && !FOREIGN.test(path));
  const titles = suites.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(TITLE)].map((match) => match[2]!));
  return new Set(titles.flatMap((run) => run.trim().split(' ')));
}

it.each(Object.entries(FAMILIES))('every case of %s is a test', (_, cases) => {
  const there = proved();
  expect(cases.filter((id) => !there.has(id))).toEqual([]);
});
