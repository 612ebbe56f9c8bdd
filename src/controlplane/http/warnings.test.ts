import { validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { warningHeaders } from './warnings.ts';

const readable = (header: string) => Buffer.from(header, 'latin1').toString();

it.each<[string, readonly string[], readonly string[]]>([
  ['quotes a message', ['no such "field" \\'], ['299 - "no such \\"field\\" \\\\"']],
  ['says a thing once', ['a', 'b', 'a'], ['299 - "a"', '299 - "b"']],
  ['lets no line end through', ['a\r\nset-cookie: b\x7f'], ['299 - "a set-cookie: b"']],
  ['keeps other scripts', ['日本'], ['299 - "日本"']],
  ['says nothing where there is nothing', ['', '\n'], []],
])('%s', (_, messages, headers) => {
  expect(warningHeaders(messages).map(readable)).toEqual(headers);
});

it('is bounded', () => {
  const headers = warningHeaders(Array.from({ length: 10_000 }, (_, i) => `unknown field "${i}${'x'.repeat(300)}"`));
  expect(headers.length).toBe(16);
  expect(headers.join().length).toBeLessThan(5000);
});

it('gives what a header may hold, whatever is said', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (messages) => {
      for (const header of warningHeaders(messages)) validateHeaderValue('warning', header);
    }),
  );
});
