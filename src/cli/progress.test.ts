import { expect, it } from 'vitest';
import { Progress } from './progress.ts';

function output(isTTY: boolean) {
  const seen: string[] = [];
  return { isTTY, columns: 60, write: (text: string) => seen.push(text), seen };
}

it('a terminal sees one line that is rewritten, then a line for what is done', () => {
  const out = output(true);
  const progress = new Progress(out);
  progress.doing('starting');
  progress.bar('hosts', 1, 2);
  progress.done('started');
  expect(out.seen[0]).toBe('\r\u001b[K  … starting');
  expect(out.seen[1]).toContain('[==============              ] 1/2 50%');
  expect(out.seen.at(-1)).toBe('  ✓ started\n');
});

it('a file sees lines only, and of a bar one at every tenth', () => {
  const out = output(false);
  const progress = new Progress(out);
  progress.doing('starting');
  for (let i = 1; i <= 1000; i++) progress.bar('hosts', i, 1000);
  progress.end();
  expect(out.seen).toHaveLength(11);
  expect(out.seen.join('')).not.toContain('\u001b');
});
