import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT, run } from './harness.ts';

/** A checkout with the launcher and a program that prints its arguments, on a machine with a Node.js 20 and an npm. */
let home: string;
let bin: string;
let calls: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'jdos-launch-'));
  bin = join(home, 'bin');
  calls = join(home, 'npm-calls');
  for (const file of ['jdos', 'src/cli/launcher.sh', 'src/cli/installed.ts'])
    cpSync(join(ROOT, file), join(home, file));
  writeFileSync(join(home, 'src/cli/main.ts'), 'console.log(JSON.stringify(process.argv.slice(2)));\n');
  writeFileSync(join(home, 'package.json'), '{"type":"module"}');
  writeLock('1');
  mkdirSync(bin);
  program('node', 'exit 1');
  program('npm', FAKE_NPM);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function program(name: string, body: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(bin, name), 0o755);
}

function writeLock(version: string): void {
  writeFileSync(
    join(home, 'package-lock.json'),
    JSON.stringify({ packages: { '': {}, 'node_modules/a': { version } } }),
  );
}

/** Installs Node.js by a link to the one that runs this test, and packages by writing what npm writes. */
const FAKE_NPM = `echo "$*" >>"$CALLS"
sleep 0.3
case $1 in
  install) for last; do case $last in node-*) name=\${last%@*} ;; esac; done
    mkdir -p "$3/node_modules/$name/bin" && ln -sf "$REAL_NODE" "$3/node_modules/$name/bin/node" ;;
  ci) rm -rf node_modules && mkdir node_modules && cp package-lock.json node_modules/.package-lock.json ;;
esac`;

function jdos(args: string[] = [], env: Record<string, string> = {}, command = join(home, 'jdos')) {
  const all = { PATH: `${bin}:/usr/bin:/bin`, CALLS: calls, REAL_NODE: process.execPath, JDOS_NODE: '', ...env };
  return run(command, args, { env: all, cwd: '/' });
}

const npmCalls = () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []);

describe('the launcher', () => {
  it('installs Node.js and the packages once, says so, and is silent from then on', async () => {
    const first = await jdos(['a b', '--c']);
    expect([first.code, first.stdout]).toEqual([0, '["a b","--c"]\n']);
    expect(first.stderr).toMatch(/installing Node\.js 24[\s\S]*installing packages/);
    expect(npmCalls().map((call) => call.split(' ')[0])).toEqual(['install', 'ci']);
    expect(npmCalls().every((call) => call.includes('--ignore-scripts'))).toBe(true);
    expect(await jdos()).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
    expect(npmCalls()).toHaveLength(2);
  });

  it('takes the Node.js on PATH when it is new enough', async () => {
    symlinkSync(process.execPath, join(bin, 'node24'));
    rmSync(join(bin, 'node'));
    symlinkSync(process.execPath, join(bin, 'node'));
    expect((await jdos()).code).toBe(0);
    expect(npmCalls()).toEqual(['ci --ignore-scripts --no-fund --no-audit --loglevel=error']);
  });

  it('takes JDOS_NODE, and refuses one that is too old', async () => {
    expect((await jdos([], { JDOS_NODE: process.execPath })).code).toBe(0);
    const refused = await jdos([], { JDOS_NODE: join(bin, 'node') });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('is not Node.js 24 or newer')]);
  });

  it('installs packages again when the lock file has changed, but not after an npm install by hand', async () => {
    await jdos();
    writeLock('2');
    expect((await jdos()).stderr).toContain('installing packages');
    writeLock('3');
    cpSync(join(home, 'package-lock.json'), join(home, 'node_modules/.package-lock.json'));
    expect((await jdos()).stderr).toBe('');
  });

  it('may be started many times at once', async () => {
    const runs = await Promise.all(Array.from({ length: 4 }, (_, i) => jdos([String(i)])));
    expect(runs.map((one) => one.stdout)).toEqual([0, 1, 2, 3].map((i) => `["${i}"]\n`));
    expect(npmCalls().map((call) => call.split(' ')[0])).toEqual(['install', 'ci']);
  });

  it('takes over the lock of an installer that died', async () => {
    mkdirSync(join(home, '.tools/lock'), { recursive: true });
    writeFileSync(join(home, '.tools/lock/pid'), '999999999');
    expect((await jdos()).code).toBe(0);
    expect(existsSync(join(home, '.tools/lock'))).toBe(false);
  });

  it('is found through links, relative ones too', async () => {
    mkdirSync(join(home, 'links'));
    symlinkSync('../jdos', join(home, 'links/one'));
    symlinkSync('one', join(home, 'links/two'));
    expect((await jdos(['x'], {}, join(home, 'links/two'))).stdout).toBe('["x"]\n');
  });

  it('without npm says what is missing', async () => {
    rmSync(join(bin, 'npm'));
    for (const tool of ['sh', 'uname', 'mkdir', 'rm', 'cat', 'cmp', 'readlink', 'dirname', 'sleep']) {
      if (existsSync(`/usr/bin/${tool}`)) symlinkSync(`/usr/bin/${tool}`, join(bin, tool));
      else symlinkSync(`/bin/${tool}`, join(bin, tool));
    }
    const { code, stderr } = await jdos([], { PATH: bin });
    expect([code, stderr]).toEqual([1, expect.stringContaining('npm is needed to install Node.js 24')]);
    expect(existsSync(join(home, '.tools/lock'))).toBe(false);
  });
});
