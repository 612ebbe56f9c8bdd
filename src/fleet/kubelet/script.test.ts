import { expect, test } from 'vitest';
import { parseScript } from './script.ts';

const environment = new Map([['NAME', 'a b']]);
const words = (text: string) => {
  const steps = parseScript(text, environment);
  return typeof steps === 'string' ? steps : steps.map(({ after, argv }) => [after, ...argv]);
};

test.each([
  ['echo a  b', [[';', 'echo', 'a', 'b']]],
  [`echo 'a  b' "c $NAME" $NAME`, [[';', 'echo', 'a  b', 'c a b', 'a b']]],
  [
    'a; b && c || d',
    [
      [';', 'a'],
      [';', 'b'],
      ['&&', 'c'],
      ['||', 'd'],
    ],
  ],
  [
    'a\n# note\nb # more',
    [
      [';', 'a'],
      [';', 'b'],
    ],
  ],
  [`echo '$NAME' \\$NAME \${NAME}x`, [[';', 'echo', '$NAME', '$NAME', 'a bx']]],
  ['echo $MISSING.', [[';', 'echo', '.']]],
  ['  ', []],
])('%j', (text, steps) => {
  expect(words(text)).toEqual(steps);
});

test.each(['a | b', 'a > f', 'echo `x`', 'echo $(x)', '(a)', 'ls *', 'a &', "echo 'x"])(
  '%j is not understood',
  (text) => {
    expect(words(text)).toMatch(/not understood|syntax error/);
  },
);
