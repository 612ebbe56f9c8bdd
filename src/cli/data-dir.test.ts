import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, expect, it } from 'vitest';
import { DataDirLock } from './data-dir.ts';
import { isRunning, runningInstance, writeInstance } from './instance.ts';

const dir = mkdtempSync(join(tmpdir(), 'jdos-lock-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('one data directory has one owner, until he lets go', () => {
  const lock = DataDirLock.take(dir);
  expect(lock).toBeDefined();
  expect(DataDirLock.take(dir)).toBeUndefined();
  expect(isRunning(dir)).toBe(true);
  lock![Symbol.dispose]();
  lock![Symbol.dispose]();
  expect(isRunning(dir)).toBe(false);
});

it('the lock of a killed process is free again', () => {
  rmSync(dir, { recursive: true, force: true });
  execFileSync('mkdir', ['-p', dir]);
  const url = JSON.stringify(new URL('./data-dir.ts', import.meta.url).href);
  const script = `const { DataDirLock } = await import(${url}); globalThis.lock = DataDirLock.take(${JSON.stringify(dir)}); process.kill(process.pid, 'SIGKILL');`;
  expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' })).toThrow();
  const lock = DataDirLock.take(dir);
  expect(lock).toBeDefined();
  lock![Symbol.dispose]();
});

it('a directory on which nothing runs says so', () => {
  execFileSync('mkdir', ['-p', dir]);
  expect(() => runningInstance(dir)).toThrow('no JDOS runs');
  const instance = { pid: 1, version: '0', startedAt: '', apiUrl: '', consoleUrl: '', kubeconfig: '', hosts: 1 };
  writeInstance(dir, instance);
  expect(() => runningInstance(dir)).toThrow('no JDOS runs');
  using _lock = DataDirLock.take(dir)!;
  expect(runningInstance(dir)).toEqual(instance);
});
