import { expect, it } from 'vitest';
import { filesUnder } from './rooms.ts';

it('decisions are numbered without a gap and no number is taken twice', () => {
  const numbers = filesUnder('docs/decisions').map((path) => Number(/(\d{4})-[\w-]+\.md$/.exec(path)?.[1]));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, i) => i + 1));
});
