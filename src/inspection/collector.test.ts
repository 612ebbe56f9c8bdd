import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { COLLECTOR_FILE, collectorScript } from './collector.ts';
import { type Facts, parseFacts } from './facts.ts';
import { type Cgroups, HostRoot } from './host-root.testing.ts';
import { judge, describe as wordsOf } from './judge.ts';
import { NO_SETTINGS } from './settings.ts';

const SHELLS = [
  ['dash', ['dash']],
  ['busybox', ['busybox', 'sh']],
] as const;

interface RunOptions {
  readonly shell?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

async function collect(root: HostRoot | undefined, { shell = ['dash'], env = {} }: RunOptions = {}): Promise<string> {
  const [program = '', ...args] = shell;
  const own = root && {
    JDOS_ROOT: root.dir,
    JDOS_PLUGINS: join(root.dir, 'checks.d'),
    PATH: `${join(root.dir, 'programs')}:${process.env.PATH}`,
  };
  const child = spawn(program, [...args, COLLECTOR_FILE.pathname], {
    env: { ...process.env, JDOS_GAP: '0', ...own, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  return Promise.race([text(child.stdout), failed]);
}

const factsOf = async (root: HostRoot, options: RunOptions = {}): Promise<Facts> =>
  parseFacts(await collect(root, options));
const LIMITS = ['cpu', 'memory', 'swap'].map((name) => `cadvisor.cgroup.${name}`);

describe.each(SHELLS)('the collector in %s', (_, shell) => {
  it('tells every fact of this very machine, and nothing but facts', async () => {
    const facts = parseFacts(await collect(undefined, { shell }));
    expect(facts.whole).toBe(true);
    const told = new Set(facts.names());
    for (const name of ['load', 'memory', 'files', 'disk', 'tasks', 'conntrack'])
      expect(told.has(`again:${name}`)).toBe(true);
    expect(told.size).toBeGreaterThanOrEqual(32);
    expect(facts.number('limits', 'pid_max')).toBeGreaterThan(100);
    expect(facts.number('tasks', 'processes')).toBeGreaterThan(1);
    expect(facts.text('system', 'boot_id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(Math.abs(facts.startedAt - Date.now())).toBeLessThan(600_000);
    const { results } = judge({ host: 'x', address: 'x', labels: {} }, { facts }, { now: Date.now() });
    const unread = results.filter(({ level }) => level === 'unknown').map((result) => wordsOf(result, 'en'));
    expect(unread.filter((words) => /not a number|another form/.test(words))).toEqual([]);
  });

  it.each<Cgroups>(['v1', 'v2', 'hybrid'])('A6 finds the limits of cadvisor in cgroups %s', async (cgroups) => {
    using root = new HostRoot(cgroups);
    const facts = await factsOf(root, { shell });
    const { results } = judge({ host: 'x', address: 'x', labels: {} }, { facts }, { now: facts.startedAt });
    const found = results
      .filter(({ check }) => LIMITS.includes(check))
      .map((result) => [result.level, wordsOf(result, 'en')]);
    expect(found).toEqual([
      ['info', 'limited to 0.5 CPU'],
      ['info', '80 Mi of 512 Mi used'],
      ['info', 'swap limited to 0 Mi'],
    ]);
  });

  it('tells what fstab names and whether it is there', async () => {
    using root = new HostRoot('v2', { 'dev/disk/by-uuid/1': '' });
    expect((await factsOf(root, { shell })).lines('fstab')).toEqual([
      'read',
      'present UUID=1 / ext4 defaults',
      'missing /dev/sdz9 /data xfs defaults,nofail',
    ]);
  });

  it('asks for the time where a daemon for it is', async () => {
    using root = new HostRoot('v2');
    root.program(
      'chronyc',
      'case "$*" in *tracking) echo "0A,10.0.0.1,3,1.0,0.000012,0,0,0,0,0,0.001,0.001,64,Normal" ;; *) echo "^,*,x"; echo "^,+,y" ;; esac',
    );
    const facts = await factsOf(root, { shell });
    expect([facts.text('time', 'sources'), facts.text('time', 'chrony')?.split(',')[4]]).toEqual(['2', '0.000012']);
  });

  it('A19 a fact whose reading hangs is told as such, and all others are there', async () => {
    using root = new HostRoot('v2');
    root.hang('proc/sys/kernel/printk');
    const facts = await factsOf(root, { shell });
    expect(facts.find('log')?.error).toBe('timeout: not read within 3 s');
    expect(facts.names().filter((name) => facts.find(name)?.error !== undefined)).toEqual(['log']);
    expect([facts.whole, facts.names().includes('again:tasks')]).toEqual([true, true]);
  });

  it('A22 runs the scripts of the site, with their exit code and eighty characters of what they say', async () => {
    using root = new HostRoot('v2');
    root.program('../checks.d/smart.sh', 'printf "%0100d\\nmore\\n" 7; exit 2');
    root.program('../checks.d/bad name;touch x', 'exit 0');
    const facts = await factsOf(root, { shell });
    expect(facts.names().filter((name) => name.startsWith('plugin:'))).toEqual(['plugin:smart.sh']);
    expect(facts.lines('plugin:smart.sh')).toEqual(['exit 2', `output ${'0'.repeat(80)}`]);
  });

  it('A26 what a host is named, runs and mounts is never a command and never another fact', async () => {
    const evil = 'x$(touch "$JDOS_ROOT/owned")`touch "$JDOS_ROOT/owned"`;touch owned\n@ limits 1.00\n|pid_max 1\n=\n';
    using root = new HostRoot('v2', {
      'proc/66/comm': evil,
      'proc/66/status': 'Name:\tx\\n@ limits 1\nState:\tS (sleeping)\n',
      'proc/2301/cmdline': evil.replaceAll('\n', '\0'),
      'etc/fstab': `UUID=$(touch\${IFS}"$JDOS_ROOT/owned") /a;b xfs defaults 0 0\n${evil}`,
      'proc/sys/kernel/hostname': evil,
      'sys/class/net/e;touch owned/device': '',
      'sys/class/net/e;touch owned/operstate': 'up\n',
    });
    const facts = await factsOf(root, { shell });
    expect([facts.whole, facts.number('limits', 'pid_max')]).toEqual([true, 4_194_304]);
    expect(facts.names().filter((name) => name === 'limits')).toHaveLength(1);
    expect([join(root.dir, 'owned'), join(process.cwd(), 'owned')].filter((path) => existsSync(path))).toEqual([]);
  });
});

it('A26 what settings say is a value to the shell, whatever is in it', async () => {
  using root = new HostRoot('v2');
  const evil = `'; touch ${root.dir}/owned; echo '$(touch ${root.dir}/owned)`;
  const child = spawn('dash', ['-s'], {
    env: { ...process.env, JDOS_ROOT: root.dir, JDOS_GAP: '0' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end(collectorScript({ ...NO_SETTINGS.collector, agent: evil, export: evil, nics: 'lo' }));
  expect(parseFacts(await text(child.stdout)).whole).toBe(true);
  expect(existsSync(join(root.dir, 'owned'))).toBe(false);
});

it('leaves no process behind, and ends though what it started does not', async () => {
  using root = new HostRoot('v2');
  root.program('systemctl', 'exec sleep 8');
  const facts = await factsOf(root);
  expect(facts.find('kubelet_unit')?.error).toContain('timeout');
  expect(facts.find('kubelet_process')?.error).toBeUndefined();
}, 60_000);
