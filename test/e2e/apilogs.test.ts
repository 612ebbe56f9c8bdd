/** The command as a user has it: audit logs go in, through kill -9, and answers come out. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { events, ndjson } from '../../src/apilogs/event.testing.ts';
import { AuditQuery } from '../../src/apilogs/index.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');
const base = mkdtempSync(join(tmpdir(), 'jdos-e2e-apilogs-'));
const store = ['--store', join(base, 'store')];
const COUNT = 8000;
afterAll(() => rmSync(base, { recursive: true, force: true }));

const LIMIT_MS = 60_000;

async function until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A command that goes on until it is stopped; what it says on stderr is gathered. */
class Running {
  readonly child: ChildProcess;
  said = '';

  constructor(dir: string, ...args: string[]) {
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    this.child = spawn(process.execPath, [MAIN, 'apilogs', ...args, '--store', dir], { stdio, detached: true });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', (text) => (this.said += String(text)));
  }

  async says(pattern: RegExp): Promise<RegExpExecArray> {
    await until(`${pattern} in ${this.said}`, () => pattern.test(this.said));
    return pattern.exec(this.said)!;
  }

  /** With all processes of its own. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const gone = this.child.exitCode !== null || this.child.signalCode !== null;
    const exit = gone ? Promise.resolve() : once(this.child, 'exit');
    if (!gone) process.kill(signal === 'SIGKILL' ? -this.child.pid! : this.child.pid!, signal);
    await exit;
  }
}

async function idsIn(dir: string): Promise<string[]> {
  await using query = await AuditQuery.open(dir);
  return (await query.ask('SELECT audit_id FROM events ORDER BY 1')).rows.map(([id]) => String(id));
}

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

it('57 follows a log through rotation, and is stopped without losing anything', async () => {
  const dir = join(base, 'followed');
  const log = join(base, 'live.log');
  writeFileSync(log, ndjson(events(10)));
  const running = new Running(dir, 'import', '--follow', log, '--every', '0.1');
  try {
    await running.says(/10 events taken in/);
    appendFileSync(log, ndjson(events(10, {}, 10)));
    renameSync(log, join(base, 'live-2026-11-26T10-00-00.000.log'));
    writeFileSync(log, ndjson(events(10, {}, 20)));
    await until('all events', async () => (await idsIn(dir)).length === 30);
  } finally {
    await running.end('SIGTERM');
  }
  expect(running.child.exitCode).toBe(0);
  expect(await idsIn(dir)).toEqual(events(30).map(({ auditID }) => auditID));
});

interface Webhook {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

/** As kube-apiserver does by the file that it was given. True where it was acknowledged. */
function send(webhook: Webhook, all: readonly object[]): Promise<boolean> {
  const { server, 'certificate-authority-data': ca } = webhook.clusters[0].cluster;
  const headers = { authorization: `Bearer ${webhook.users[0].user.token}` };
  const options = { method: 'POST', headers, ca: Buffer.from(ca, 'base64'), agent: false as const };
  return new Promise((resolve) => {
    const sent = request(server, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    sent.once('error', () => resolve(false));
    sent.end(JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: all }));
  });
}

it('58 what a receiver has acknowledged survives its kill -9, and is there once', async () => {
  const dir = join(base, 'received');
  const acknowledged = new Set<string>();
  let sent = 0;
  for (let life = 0; life < 4; life++) {
    const running = new Running(dir, 'receive', '--listen', '127.0.0.1:0', '--every', '0.3');
    try {
      const [, file] = await running.says(/--audit-webhook-config-file=(\S+)/);
      const webhook = JSON.parse(readFileSync(file!, 'utf8')) as Webhook;
      const last = life === 3;
      const killer = last
        ? undefined
        : setTimeout(() => process.kill(-running.child.pid!, 'SIGKILL'), 400 + 300 * life);
      for (let batch = 0; batch < 40; batch++) {
        const some = events(20, {}, 20 * sent++);
        if (await send(webhook, some)) for (const { auditID } of some) acknowledged.add(String(auditID));
      }
      clearTimeout(killer);
    } finally {
      await running.end(life === 3 ? 'SIGTERM' : 'SIGKILL');
    }
  }
  const ids = await idsIn(dir);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...acknowledged].filter((id) => !ids.includes(id))).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(700);
});

it('shows who asks at this moment: of a log, and of the store', () => {
  const log = join(base, 'top.log');
  const at = new Date().toISOString();
  writeFileSync(log, ndjson(events(30, { at, username: 'eve\u001b[2J', code: 429 })));
  const look = (...args: string[]) => jdos('top', ...args, '--frames', '1').stdout;
  const [frame] = [JSON.parse(look(log, '-o', 'json', '--by', 'user,verb', '--window', '1h')) as { rows: unknown[] }];
  expect(frame.rows).toMatchObject([{ user: 'eve\u001b[2J', verb: 'get', requests: 30, throttled: 30 }]);
  expect(look(log, '--window', '1h')).toContain('eve\ufffd[2J');
  expect(look('--stored', '--by', 'client', '--window', '240h')).toContain('kubectl');
});

it('62 suggests a role that can be applied, and says what it came from', () => {
  const { stdout, stderr } = jdos('role', 'ann', '--names', '1');
  const objects = parseAllDocuments(stdout).map((document) => document.toJS() as { kind: string; rules?: unknown });
  expect(objects.map(({ kind }) => kind)).toEqual(['Role', 'RoleBinding']);
  expect(objects[0]?.rules).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]);
  expect(stderr).toContain('requests of ann');
  expect(jdos('role', 'nobody').status).not.toBe(0);
});

it('65 shows which hours would go before they do', () => {
  const refused = jdos('tidy', '--keep', '1h');
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('Gone for good')]);
  const { stdout, status } = jdos('tidy', '--keep', '1h', '--yes', '-o', 'yaml');
  expect(status).toBe(0);
  expect((parse(stdout) as Record<string, number>)['events removed']).toBeGreaterThan(1000);
});
