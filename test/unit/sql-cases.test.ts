/**
 * The cases by which KubeSQL (1 to 53) and API-log analysis (54 to 67) are judged: each is a test whose name begins with its
 * number, or is listed here with the reason why it is none. One test may begin with several numbers.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { filesUnder } from './rooms.ts';

const CASES = Array.from({ length: 67 }, (_, i) => i + 1);

/** What is of a size or a speed that a test of every day cannot have is a benchmark; its figures are in docs/performance.md. */
const ELSEWHERE: Readonly<Record<number, string>> = {
  1: 'a million Pods: node bench/sql/sql.ts',
  13: 'changes and queries for minutes: node bench/sql/sql.ts changes lag',
  54: 'a gigabyte of log: node bench/apilogs.ts',
};

const SUITES = /^(src\/(sql|gate|engine|apilogs)\/|test\/e2e\/(sql|apilogs)|test\/(real|spark)\/|test\/browser\/sql)/;
const TITLE = /(?:\bit|\bdescribe|\btest|\)|\])\s*\(\s*(['"`])((?:\d+ )+)/g;

function proved(): ReadonlySet<number> {
  const suites = ['src', 'test'].flatMap(filesUnder).filter((path) => path.endsWith('.test.ts') && SUITES.test(path));
  const titles = suites.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(TITLE)].map((match) => match[2]!));
  return new Set(titles.flatMap((run) => run.trim().split(' ').map(Number)));
}

it('every case is a test, or has a reason why it is none', () => {
  const there = proved();
  expect(CASES.filter((id) => !there.has(id) && !(id in ELSEWHERE))).toEqual([]);
});

it('what is said to be a benchmark is there', () => {
  for (const reason of Object.values(ELSEWHERE)) {
    const [, file] = /node (bench\/\S+)/.exec(reason) ?? [];
    expect(filesUnder('bench')).toContain(file);
  }
});
