import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, it } from 'vitest';
import { eventually, freePort, ROOT, run } from './harness.ts';

/** The shell blocks of the tour, as printed. */
const tour = readFileSync(join(ROOT, 'README.md'), 'utf8')
  .split(/^## /m)
  .find((part) => part.startsWith('Five minutes'))!;
const blocks = [...tour.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1]!.trim());

const home = mkdtempSync(join(tmpdir(), 'jdos-readme-'));
let up: ChildProcess | undefined;
afterAll(async () => {
  if (up?.exitCode === null) {
    up.kill('SIGKILL');
    await once(up, 'exit');
  }
  rmSync(home, { recursive: true, force: true });
});

it('the tour of the README works as printed', async () => {
  const [start, ...rest] = blocks;
  expect(start).toBe('./jdos up');
  expect(rest.length).toBeGreaterThan(3);
  const ports = { JDOS_API_PORT: String(await freePort()), JDOS_CONSOLE_PORT: String(await freePort()) };
  const env = { HOME: home, JDOS_DATA: '', ...ports };
  up = spawn('sh', ['-c', `exec ${start}`], {
    cwd: ROOT,
    env: withoutData({ ...process.env, ...env }),
    stdio: 'ignore',
  });
  const ready = () =>
    fetch(`http://127.0.0.1:${ports.JDOS_CONSOLE_PORT}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
  await eventually(ready, (ok) => ok, { ms: 90_000, what: 'jdos up' });
  const script = `unset JDOS_DATA; set -e\n${rest.join('\n')}`;
  const { code, stdout, stderr } = await run('bash', ['-c', script], { env, cwd: ROOT, timeoutMs: 170_000 });
  expect(stderr).not.toContain('error');
  expect(code, stdout + stderr).toBe(0);
  if (up.exitCode === null) await once(up, 'exit');
  expect(up.exitCode).toBe(0);
});

function withoutData(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { JDOS_DATA: _, ...rest } = env;
  return rest;
}
