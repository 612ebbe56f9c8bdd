import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runProgram } from '../../shell/index.ts';

const HANDLER = new URL('../../../deploy/serf/handler', import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), 'jdos-handler-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What serf does with a query that comes to the host. */
async function query(name: string, payload: string): Promise<string> {
  const command = ['env', `JDOS_SERF_DIR=${join(dir, 'run')}`, `SERF_QUERY_NAME=${name}`, 'sh', HANDLER];
  const { stdout } = await runProgram(command, { stdin: payload, signal: new AbortController().signal });
  return stdout.toString();
}

it('a command is run once, however often it comes, and what it said can be asked for again', async () => {
  const mark = join(dir, 'mark');
  const command = `aa 7168 60\necho x >> ${mark}; echo said; exit 3`;
  expect(await query('jdos-exec', command)).toBe('3 5 0\nsaid\n');
  expect(await query('jdos-exec', command)).toBe('');
  expect(readFileSync(mark, 'utf8')).toBe('x\n');
  expect(await query('jdos-again', 'aa 7168 0\n')).toBe('3 5 0\nsaid\n');
});

it('that a command never came is said, and one that still runs says nothing yet', async () => {
  expect(await query('jdos-again', 'bb 7168 0\n')).toBe('none\n');
  const running = query('jdos-exec', `cc 7168 60\nwhile [ ! -e ${dir}/go ]; do sleep 0.05; done`);
  await expect.poll(() => query('jdos-again', 'cc 7168 0\n'), { timeout: 60_000 }).toBe('');
  await runProgram(['touch', join(dir, 'go')], { signal: new AbortController().signal });
  expect(await running).toBe('0 0 0\n');
});

it('what is no number of JDOS names no file', async () => {
  expect(await query('jdos-read', '../../etc/passwd 7168 0\n')).toBe('');
});
