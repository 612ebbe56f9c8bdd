/**
 * The cases by which rooms are judged, from Groups to operations: each is a test whose name begins with its id. One test may
 * begin with several ids. Suites of different rooms have cases under the same letters, so each family says where its own are.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { filesUnder } from './rooms.ts';

interface Family {
  readonly letter: string;
  readonly cases: number;
  readonly where: RegExp;
}

const APPLICATIONS =
  /^(src\/(groups|services|network|nodes)\/|test\/(e2e\/(groups|network|nodes)\/|e2e\/(?!maintenance)[^/]+$|real\/))/;

const FAMILIES: Readonly<Record<string, Family>> = {
  'local rebuild': { letter: 'L', cases: 24, where: APPLICATIONS },
  'grey release': { letter: 'G', cases: 20, where: APPLICATIONS },
  'identity and addresses': { letter: 'N', cases: 18, where: APPLICATIONS },
  'frozen configuration': { letter: 'C', cases: 10, where: APPLICATIONS },
  resize: { letter: 'R', cases: 10, where: APPLICATIONS },
  endpoints: { letter: 'E', cases: 12, where: APPLICATIONS },
  eviction: { letter: 'V', cases: 8, where: APPLICATIONS },
  'scale and robustness': { letter: 'S', cases: 9, where: APPLICATIONS },
  inspection: { letter: 'A', cases: 26, where: /^(src\/inspection\/|test\/e2e\/inspection)/ },
  'the life of hosts': { letter: 'D', cases: 11, where: /^(src\/nodes\/|test\/e2e\/hosts)/ },
  maintenance: { letter: 'E', cases: 21, where: /^(src\/maintenance\/|test\/e2e\/maintenance)/ },
  'commands on many targets': { letter: 'F', cases: 11, where: /^(src\/batch\/|test\/e2e\/(batch|serf))/ },
};

function proved({ letter, where }: Family): ReadonlySet<string> {
  const title = /(?:\bit|\bdescribe|\btest|\)|\])\s*\(\s*(['"`])((?:[A-Z]\d+ )+)/g;
  const suites = ['src', 'test'].flatMap(filesUnder).filter((path) => path.endsWith('.test.ts') && where.test(path));
  const titles = suites.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(title)].map((match) => match[2]!));
  return new Set(titles.flatMap((run) => run.trim().split(' ')).filter((id) => id.startsWith(letter)));
}

it.each(Object.entries(FAMILIES))('every case of %s is a test', (_, family) => {
  const there = proved(family);
  const wanted = Array.from({ length: family.cases }, (_, i) => `${family.letter}${i + 1}`);
  expect(wanted.filter((id) => !there.has(id))).toEqual([]);
});
