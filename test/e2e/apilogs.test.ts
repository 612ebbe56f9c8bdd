/** The command as a user has it: audit logs go in, through kill -9, and answers come out. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, it } from 'vitest';
import { events, ndjson } from '../../src/apilogs/event.testing.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');
const base = mkdtempSync(join(tmpdir(), 'jdos-e2e-apilogs-'));
const store = ['--store', join(base, 'store')];
const COUNT = 8000;
afterAll(() => rmSync(base, { recursive: true, force: true }));

function jdos(...args: string[]) {
  return spawnSync(process.execPath, [MAIN, 'apilogs', ...args, ...store], { encoding: 'utf8', maxBuffer: 1 << 26 });
}

function started(...args: string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, 'apilogs', ...args, ...store], { stdio: 'ignore', detached: true });
}

it('58 an import that is killed again and again loses nothing and has nothing twice', async () => {
  // Hours apart, so that the chunk becomes many files and there are many moments to die in.
  const logs = Array.from({ length: 8 }, (_, i) => {
    const path = join(base, `audit-${i}.log`);
    const some = events(COUNT / 8, {}, (COUNT / 8) * i).map((one, at) => ({
      ...one,
      stageTimestamp: new Date(Date.UTC(2026, 10, 26) + (at % 40) * 3_600_000 + i).toISOString(),
    }));
    writeFileSync(path, ndjson(some));
    return path;
  });
  for (let wait = 150; wait <= 1500; wait += 150) {
    const child = started('import', ...logs);
    const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), wait);
    await once(child, 'exit');
    clearTimeout(timer);
  }
  expect(jdos('import', ...logs).status).toBe(0);
  const { stdout } = jdos('sql', 'select count(*) as n, count(distinct audit_id) as ids from events', '-o', 'json');
  expect(JSON.parse(stdout)).toEqual([{ n: COUNT, ids: COUNT }]);
});

it('reports as a table, for programs and as a page; hands over; says what a wrong question is about', () => {
  expect(jdos('report').stdout).toContain('lists-without-limit');
  expect(jdos('report', 'users', '--lang', 'zh').stdout).toContain('请求最多的用户');
  expect(JSON.parse(jdos('report', 'verbs', '-o', 'json').stdout)).toMatchObject([{ verb: 'get', requests: COUNT }]);
  expect(jdos('report', '-o', 'html', '-f', join(base, 'r.html')).status).toBe(0);
  expect(readFileSync(join(base, 'r.html'), 'utf8')).toContain('<svg');
  const wrong = jdos('sql', 'select usrname from events');
  expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('"username"')]);
  expect(jdos('hand-over', join(base, 'out'), '--engine', 'clickhouse').stdout).toContain('users.sql');
  expect(JSON.parse(readFileSync(join(base, 'out/reports.json'), 'utf8')).reports.length).toBeGreaterThan(20);
  expect(jdos('report', 'users', '--from', 'tomorrow').status).toBe(2);
  expect(jdos('rejects').stderr).toContain('Nothing was rejected.');
});
