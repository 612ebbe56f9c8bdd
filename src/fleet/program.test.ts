import { expect, test } from 'vitest';
import { programOf } from './program.ts';

const of = (...command: string[]) => programOf({ name: 'a', command, env: [{ name: 'WHO', value: 'you' }] });

test.each([
  [['true'], 0, 0],
  [['sleep', '90'], 90_000, 0],
  [['sleep', '1.5m'], 90_000, 0],
  [['sleep', 'infinity'], Infinity, 0],
  [['/bin/sh', '-c', 'sleep 1; sleep 2'], 3000, 0],
  [['sh', '-c', 'sleep 1 && exit 3; sleep 9'], 1000, 3],
  [['sh', '-c', 'false || exit 4'], 0, 4],
  [['sh', '-c', 'false && sleep 5'], 0, 1],
])('%j runs %i ms and ends with %i', (command, ranMs, exitCode) => {
  expect(of(...command)).toMatchObject({ ranMs, exitCode });
});

test('what it prints is known with its time', () => {
  expect(of('sh', '-c', 'echo hi $WHO; sleep 2; echo bye')?.output).toEqual([
    { atMs: 0, text: 'hi you' },
    { atMs: 2000, text: 'bye' },
  ]);
});

test.each([
  [[]],
  [['nginx']],
  [['sh']],
  [['sh', '-c', 'while true; do sleep 1; done']],
  [['sh', '-c', 'echo a | wc']],
  [['sleep', 'x']],
])('of %j nothing is known', (command) => {
  expect(of(...command)).toBeUndefined();
});
