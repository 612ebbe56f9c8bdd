/** The tutorial is typed as it is printed; then the commands are asked what the tutorial does not ask. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, freePort, type Output, ROOT, run } from './harness.ts';

const text = readFileSync(join(ROOT, 'docs/tutorial.md'), 'utf8');
const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1]!.trim());
const cleanUp = blocks.at(-1)!;
const home = mkdtempSync(join(tmpdir(), 'jdos-tutorial-'));
let env: Record<string, string>;
let up: ChildProcess | undefined;

beforeAll(async () => {
  const ports = { JDOS_API_PORT: String(await freePort()), JDOS_CONSOLE_PORT: String(await freePort()) };
  const { JDOS_DATA: _, ...outer } = process.env;
  env = { HOME: home, ...ports };
  up = spawn('sh', ['-c', `exec ${blocks[0]}`], { cwd: ROOT, env: { ...outer, ...env }, stdio: 'ignore' });
  const ready = () =>
    fetch(`http://127.0.0.1:${ports.JDOS_CONSOLE_PORT}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
  await eventually(ready, (ok) => ok, { ms: 120_000, what: 'jdos up' });
});
afterAll(async () => {
  if (up?.exitCode === null) {
    up.kill('SIGKILL');
    await once(up, 'exit');
  }
  rmSync(home, { recursive: true, force: true });
});

function shell(script: string): Promise<Output> {
  const whole = `unset JDOS_DATA; set -e\nexport KUBECONFIG=~/.jdos/kubeconfig\n${script}`;
  return run('bash', ['-c', whole], { env, cwd: ROOT, timeoutMs: 170_000 });
}
const jdos = (words: string) => shell(`./jdos ${words}`);
const isOf = (part: string) => blocks.slice(1, -1).find((block) => block.includes(part))!;

describe('the tutorial, block by block', () => {
  it('begins with jdos up', () => expect(blocks[0]).toBe('./jdos up'));
  for (const block of blocks.slice(1, -1)) {
    it(block.split('\n')[0]!, async () => {
      const { code, stdout, stderr } = await shell(block);
      expect(code, `${block}\n${stdout}\n${stderr}`).toBe(0);
    });
  }
  it('shows what it says it shows', () => {
    expect(isOf('3-release.yaml')).toContain('--watch');
    expect(isOf('approve')).toContain('release approve');
  });
});

describe('the commands', () => {
  it('answer programs in JSON', async () => {
    const { stdout } = await jdos('release status web -n apps -o json');
    const { release, pods } = JSON.parse(stdout) as {
      release: { status: { phase: string } };
      pods: { part: string }[];
    };
    expect(release.status.phase).toBe('Succeeded');
    expect(pods.map(({ part }) => part)).toEqual(Array(10).fill('new'));
    const list = JSON.parse((await jdos('group list -n apps -o json')).stdout) as { items: unknown[] };
    expect(list.items.length).toBe(3);
  });

  it('draw each Pod, and say where it waits', async () => {
    expect((await jdos('release start web -n apps --name again --step 1,pause')).code).toBe(0);
    const { code, stdout, stderr } = await jdos('release status again -n apps --watch --timeout 2m');
    expect(code).toBe(0);
    expect(stderr).toContain('Paused: Step 1 of 1: waits for approval of step 1');
    expect(stdout).toContain('Release again of Group web   Paused   step 1/1   updated 1/10');
    expect(stdout).toContain('▶ 1  1         pause until approved   Paused');
    expect(stdout).toMatch(/^ {2}○{9}●$/m);
    expect(stdout).toContain('● new 1   ○ old 9');
    expect((await jdos('group describe web -n apps')).stdout).toContain('again: Paused');
  });

  it('refuse what destroys where nobody can be asked, and do nothing', async () => {
    const { code, stderr } = await jdos('group rollback web -n apps');
    expect([code, stderr]).toEqual([2, expect.stringContaining('expected --yes')]);
    expect(stderr).toContain('Release again of Group web is Paused: it would go back to');
    const restart = await jdos('group restart web -n apps');
    expect([restart.code, restart.stderr]).toEqual([
      2,
      expect.stringContaining('all containers of all 10 Pods would be made anew'),
    ]);
    expect((await jdos('release status again -n apps')).stdout).toContain('Paused');
  });

  it('tell what cannot be done by their exit codes', async () => {
    expect((await jdos('release status nobody -n apps')).code).toBe(4);
    expect((await jdos('release start nobody -n apps')).code).toBe(4);
    expect((await jdos('release start web -n apps --step 30%,dance')).code).toBe(2);
    const { code, stderr } = await jdos('release approve again -n apps --step 3');
    expect([code, stderr]).toEqual([1, expect.stringContaining('cannot approve now')]);
    expect((await jdos('release abort again -n apps --yes')).code).toBe(0);
    expect((await jdos('release status again -n apps --watch --timeout 2m')).code).toBe(1);
    expect((await jdos('release start web -n apps --name late --step 1,pause=1h')).code).toBe(0);
    expect((await jdos('release status late -n apps --watch --timeout 1')).code).toBe(5);
  });
});

it('cleans up as printed', async () => {
  const { code, stdout, stderr } = await shell(cleanUp);
  expect(code, stdout + stderr).toBe(0);
  if (up?.exitCode === null) await once(up, 'exit');
  expect(up?.exitCode).toBe(0);
});
