/** Commands on many Pods, by JDOS and by the real Ansible over JDOS's inventory and connection plugin. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PODS } from '../../src/kube/index.ts';
import { requireProgram } from '../debian.ts';
import { type FleetPlane, startFleetPlane } from './fleet-plane.ts';
import { eventually, ROOT, run } from './harness.ts';

const NAMESPACE = 'default';
const READY = 60_000;
let plane: FleetPlane;
let inventory: string;

beforeAll(async () => {
  requireProgram('ansible', 'ansible-core');
  plane = await startFleetPlane(6);
  await plane.deploy('web', 3);
  await plane.deploy('many', 60);
  inventory = join(plane.dataDir, 'inventory');
  writeFileSync(
    inventory,
    `#!/bin/sh\necho "$*" >> ${plane.dataDir}/inventory-asked\nexec ${join(ROOT, 'jdos')} ansible-inventory --kubeconfig ${plane.kubeconfig} --data ${plane.dataDir} "$@"\n`,
  );
  chmodSync(inventory, 0o700);
});
afterAll(async () => {
  // The process that Ansible's plugin has started is ours to end.
  const { stdout } = spawnSync('pgrep', ['-f', '--', `--socket ${join(plane.dataDir, 'exec.sock')}`], {
    encoding: 'utf8',
  });
  for (const pid of stdout.split('\n').filter(Boolean)) process.kill(Number(pid));
  await plane?.stop();
});

const jdos = (args: readonly string[]) =>
  run(join(ROOT, 'jdos'), ['exec', '--kubeconfig', plane.kubeconfig, '--data', plane.dataDir, ...args]);
const ansible = (args: readonly string[]) =>
  run('ansible', ['-i', inventory, ...args], {
    env: {
      ANSIBLE_CONNECTION_PLUGINS: join(ROOT, 'src/batch/ansible'),
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_DEPRECATION_WARNINGS: '0',
      ANSIBLE_HOME: join(plane.dataDir, 'ansible'),
      HOME: plane.dataDir,
    },
  });
const blocks = (text: string) =>
  text
    .split(/\n(?=\S+ \| )/)
    .map((block) => block.trim())
    .sort();

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly ok: number;
  readonly unreachable: number;
  readonly skipped: number;
}
const batch = (...args: string[]) => run(join(ROOT, 'jdos'), ['batch', ...args, '--data', plane.dataDir]);
const show = async () => JSON.parse((await batch('show', killed, '-o', 'json')).stdout) as Shown;
/** A job whose process was killed; what becomes of it is looked at when it has been silent for long enough. */
let killed = '';

it('a job is paused and let go on by other processes than the one that carries it out', async () => {
  const words = ['--concurrency', '2', '--stages', '100', '-o', 'oneline', '--', 'sleep 0.5; hostname'];
  const place = ['--kubeconfig', plane.kubeconfig, '--data', plane.dataDir];
  const child = spawn(join(ROOT, 'jdos'), ['exec', 'app=many', ...place, ...words], { stdio: 'ignore' });
  const listed = await eventually(
    async () => JSON.parse((await batch('list', '-o', 'json')).stdout || '{"items":[]}') as { items: Shown[] },
    ({ items }) => items.length > 0,
    { ms: READY, what: 'the job' },
  );
  killed = listed.items[0]!.id;
  await eventually(show, ({ ok }) => ok > 0, { ms: READY, what: 'the first results' });
  expect((await batch('pause', killed)).stderr).toBe('');
  const paused = await show();
  expect(paused.state).toBe('paused');
  expect(paused.ok).toBeLessThan(60);
  const resumed = await run(join(ROOT, 'jdos'), ['batch', 'resume', killed, ...place]);
  expect(resumed.stdout + resumed.stderr).toContain('goes on where it was');
  await eventually(show, ({ ok }) => ok > paused.ok, { ms: READY, what: 'more results' });
  child.kill('SIGKILL');
  await once(child, 'exit');
});

it('F1 the inventory is one that real Ansible reads, and it never asks host by host', async () => {
  const listed = JSON.parse((await run(inventory, ['--list'])).stdout) as Record<string, { hosts: string[] }> & {
    _meta: { hostvars: object };
  };
  expect(listed.zone_gz_1!.hosts).toContain('gz1-r0101-01');
  expect(listed.app_web!.hosts).toHaveLength(3);
  expect(listed._meta.hostvars).toHaveProperty('gz1-r0101-01');
  const { stdout, code } = await run('ansible', ['-i', inventory, '--list-hosts', 'app_web'], {
    env: { HOME: plane.dataDir },
  });
  expect(code).toBe(0);
  expect(stdout).toContain('hosts (3)');
  const asked = readFileSync(join(plane.dataDir, 'inventory-asked'), 'utf8').trim().split('\n');
  expect(new Set(asked)).toEqual(new Set(['--list']));
});

it('F2 hello on three Pods reads as Ansible prints it, in both of its forms', async () => {
  for (const [ours, theirs] of [
    [[], []],
    [['-o', 'oneline'], ['-o']],
  ]) {
    const [mine, real] = [
      await jdos(['app=web', '-n', NAMESPACE, ...ours!, '--', 'echo hello']),
      await ansible(['app_web', '-m', 'raw', '-a', 'echo hello', ...theirs!]),
    ];
    expect(real.code, real.stdout + real.stderr).toBe(0);
    expect(mine.code).toBe(0);
    expect(blocks(mine.stdout)).toEqual(blocks(real.stdout.replaceAll(`${NAMESPACE}.web`, 'web')));
  }
});

it('F3 a missing Pod is unreachable, and a command that fails has failed', async () => {
  const failing = 'echo out; exit 3';
  const failed = await jdos(['app=web', '--stages', '100', '--', failing]);
  expect(failed.code).toBe(2);
  expect(failed.stdout).toMatch(/web-\S+ \| FAILED \| rc=3 >>\nout\nnon-zero return code\n/);
  const theirs = await ansible(['app_web', '-m', 'raw', '-a', failing]);
  expect(blocks(failed.stdout)).toEqual(blocks(theirs.stdout.replaceAll(`${NAMESPACE}.web`, 'web')));
  expect(theirs.code).toBe(2);
  const lines = await jdos(['app=web', '--stages', '100', '-o', 'oneline', '--', failing]);
  const theirLines = await ansible(['app_web', '-m', 'raw', '-o', '-a', failing]);
  expect(blocks(lines.stdout)).toEqual(blocks(theirLines.stdout.replaceAll(`${NAMESPACE}.web`, 'web')));
  await plane.client.create(PODS, {
    metadata: { name: 'gone', namespace: NAMESPACE, labels: { app: 'gone' } },
    spec: { nodeName: 'no-such-host', containers: [{ name: 'main', image: 'web:1' }] },
  });
  const gone = await jdos(['app=gone', '--', 'echo hello']);
  expect(gone.stdout).toContain('gone | UNREACHABLE! => {');
  expect(gone.code).toBe(4);
  const lost = await ansible(['app_gone', '-m', 'raw', '-a', 'echo hello']);
  expect(lost.stdout).toContain('UNREACHABLE!');
  expect(lost.code).toBe(4);
});

it('F4 nobody of that kind is an error', async () => {
  expect(await jdos(['app=nobody', '--', 'true'])).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('nobody'),
  });
});

it('F7 what is written down of a command has no secrets', async () => {
  await jdos(['app=web', '--', 'echo --token=s3cret']);
  const { openRecords, listAudit } = await import('../../src/records/index.ts');
  await using records = await openRecords(plane.dataDir);
  const rows = JSON.stringify([
    (await listAudit(records)).items,
    await records.db.selectFrom('batch_job').selectAll().execute(),
  ]);
  expect(rows).toContain('batch.start');
  expect(rows).not.toContain('s3cret');
});

it('F11 sixty Pods are one command', async () => {
  const { stdout, code } = await eventually(
    () => jdos(['@default/many', '-o', 'json', '--stages', '100', '--', 'hostname']),
    ({ code: seen }) => seen === 0,
    { ms: READY },
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ counts: { ok: 60, failed: 0, unreachable: 0, skipped: 0 } });
});

it('a dangerous command is refused, a dry run shows the stages, and only what went wrong is tried again', async () => {
  expect(await jdos(['app=web', '--', 'rm -rf /'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('JDOS_ERR_BATCH_DANGEROUS'),
  });
  const dry = await jdos(['app=many', '--dry-run', '--', 'rm -rf /']);
  expect(
    dry.stdout
      .split('\n')
      .filter((line) => /^\d /.test(line))
      .map((line) => line[0]),
  ).toEqual([...'1', ...'2'.repeat(2), ...'3'.repeat(12), ...'4'.repeat(45)]);
  const report = join(plane.dataDir, 'last.json');
  writeFileSync(report, (await jdos(['app in (web,gone)', '-o', 'json', '--', 'true'])).stdout);
  const again = JSON.parse(
    (await jdos(['app in (web,gone)', '-o', 'json', '--retry', report, '--', 'true'])).stdout,
  ) as { items: { name: string }[] };
  expect(again.items.map(({ name }) => name)).toEqual(['gone']);
});

it('a job whose process was killed is lost, and gone on with from elsewhere: no target is left out, and none is begun twice', async () => {
  const lost = await eventually(show, ({ state }) => state === 'lost', { ms: 90_000, what: 'the job to be lost' });
  const before = await batch('results', killed, '--kind', 'ok', '-o', 'name', '--limit', '100');
  const place = ['--kubeconfig', plane.kubeconfig, '--data', plane.dataDir];
  const { stdout, stderr, code } = await run(join(ROOT, 'jdos'), ['batch', 'resume', killed, ...place]);
  const now = [...stdout.matchAll(/^(\S+) \| CHANGED/gm)].map(([, name]) => `default/${name}`);
  const { ok, unreachable, skipped, state } = await show();
  expect([state, ok + unreachable, skipped], stderr).toEqual(['ended', 60, 0]);
  expect(code).toBe(unreachable > 0 ? 4 : 0);
  expect(now).toHaveLength(60 - lost.ok - unreachable);
  const done = before.stdout.trim().split('\n');
  expect(done).toHaveLength(lost.ok);
  expect(now.filter((name) => done.includes(name))).toEqual([]);
});
