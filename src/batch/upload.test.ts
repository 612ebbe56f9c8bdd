import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runProgram } from '../shell/index.ts';
import type { Target, Transport } from './target.ts';
import { upload } from './upload.ts';

const dir = mkdtempSync(join(tmpdir(), 'jdos-upload-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const target: Target = { name: 'here', kind: 'host', labels: {} };
const request = { timeoutMs: 10_000, signal: new AbortController().signal };
const content = Buffer.from('x'.repeat(100_000));

/** This machine, which loses the end of what it is sent so many times. */
function lossy(times: number): Transport {
  let left = times;
  return {
    name: 'lossy',
    run: (_, { command, stdin, signal }) => {
      const cut = stdin !== undefined && left-- > 0 ? stdin.slice(0, 1000) : stdin;
      return runProgram(command, { signal, ...(cut !== undefined && { stdin: cut }) });
    },
  };
}

test('F5 a file that arrives cut short is noticed by its length and hash, and sent again', async () => {
  const path = join(dir, "it's here");
  await upload(lossy(2), target, { content, path }, request);
  expect(readFileSync(path).equals(content)).toBe(true);
});

test('F5 one that never arrives whole takes no place', async () => {
  await expect(upload(lossy(9), target, { content, path: join(dir, 'never') }, request)).rejects.toThrow('3 times');
  expect(readdirSync(dir)).not.toContain('never');
});
