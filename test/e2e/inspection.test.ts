/** The morning's brief, from the facts of ninety hosts, by the commands that an operator types. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Cluster } from './harness.ts';

let cluster: Cluster;
const jdos = async (args: readonly string[] | string) => {
  const { code, stdout, stderr } = await cluster.jdos(args);
  if (code !== 0) throw new Error(`jdos ${String(args)} ended with ${code}: ${stderr}`);
  return stdout;
};
const run = async (...more: string[]) => JSON.parse(await jdos(['inspect', 'run', '-o', 'json', ...more])) as Brief;

interface Brief {
  readonly run: { readonly id: number; readonly scope: number };
  readonly rows: readonly (Record<'error' | 'alarm' | 'warn' | 'info' | 'unknown', number> & {
    readonly check: string;
  })[];
  readonly score: number;
  readonly grade: string;
}

const cells = ({ rows }: Brief) =>
  Object.fromEntries(rows.map((r) => [r.check, `${r.error}|${r.alarm}|${r.warn}|${r.info}`]));

/** Without what differs from run to run: number and time. */
const golden = (text: string) => text.replace(/#\d+ · [\d-]+ [\d:]+ Asia\/Shanghai/, '#N · TIME');

beforeAll(async () => {
  cluster = await Cluster.up({ args: ['--hosts', '90'] });
});
afterAll(() => cluster?.stop());

it('ninety healthy hosts are healthy in every row', async () => {
  const brief = await run();
  expect(brief.run.scope).toBe(90);
  expect(new Set(Object.values(cells(brief)))).toEqual(new Set(['0|0|0|90']));
  expect([brief.score, brief.grade]).toEqual([100, 'A']);
});

it('the deck’s brief: six hosts with many processes, one whose cadvisor has lost its quota', async () => {
  const hosts = (await jdos('fleet hosts -o name'))
    .trim()
    .split('\n')
    .map((line) => line.replace('node/', ''));
  await jdos(['fleet', 'fault', 'add', 'processes', '--host', hosts.slice(0, 6).join(',')]);
  await jdos(['fleet', 'fault', 'add', 'limit-lost', '--host', hosts[6]!, '--set', 'limit=cpu']);
  await cluster.until(
    () => run(),
    (brief) => cells(brief)['proc.count'] === '0|6|0|84',
    { what: 'the faults are in force' },
  );
  const text = golden(await jdos('inspect run --lang zh'));
  const file = join(import.meta.dirname, 'inspection', 'brief.zh.txt');
  if (process.env.JDOS_UPDATE) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
  expect(golden(await jdos('inspect brief --lang zh'))).toBe(text);
});

it('those whom the newest inspection has found bad in a check are targets of commands and a group for Ansible', async () => {
  const dry = await cluster.jdos(['exec', 'bad:proc.count', '--dry-run', '--', 'uptime']);
  expect(dry.stderr).toMatch(/^6 hosts by proc\.count, as run \d+ of \S+ found$/m);
  expect(dry.stdout.match(/^\d +gz/gm)).toHaveLength(6);
  const inventory = JSON.parse(await jdos(['ansible-inventory', '--list'])) as Record<string, { hosts: string[] }>;
  expect(inventory.bad_proc_count?.hosts).toHaveLength(6);
  expect(inventory.bad_cadvisor_cgroup_cpu?.hosts).toHaveLength(1);
  const wrong = await cluster.jdos(['exec', 'bad:ntp', '--', 'uptime']);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('expected one of kubelet.process') });
});

it('what was found is told host by host, with what to do', async () => {
  const results = await jdos('inspect results --lang en');
  expect(results.trim().split('\n')).toHaveLength(8);
  expect(results).toMatch(/error\s+cadvisor\.cgroup\.cpu\s+\S+\s+the limit is lost, it should be 0\.5 CPU/);
  const { items } = JSON.parse(await jdos('inspect results --check cadvisor.cgroup.cpu --level error -o json')) as {
    items: { message: { zh: string }; remedy: { zh: string } }[];
  };
  expect(items[0]).toMatchObject({
    message: { zh: '限额丢失，应为 0.5 核' },
    remedy: { zh: expect.stringContaining('daemon-reload') },
  });
});

it('the brief comes as CSV, HTML, JUnit and metrics, in which nothing of a row is missing', async () => {
  const csv = await jdos('inspect brief -o csv --lang zh');
  expect(csv.split('\r\n')[0]).toBe('id,检查点,Error统计,Alarm统计,Warn统计,Info统计');
  expect(csv).toContain('proc.count,进程数检查,0,6,0,84\r\n');
  expect(await jdos('inspect brief -o html --lang zh')).toMatch(/<td>进程数检查<\/td>.*>6<.*>84</);
  const junit = await jdos('inspect brief -o junit');
  expect(junit.match(/<testcase /g)).toHaveLength(90 * 20);
  expect(junit.match(/<failure /g)).toHaveLength(7);
  expect(await jdos('inspect brief -o prometheus')).toContain(
    'jdos_inspection_nodes{check="proc.count",level="alarm"} 6\n',
  );
});

it('an exemption makes a host Info, with its reason in the records', async () => {
  await jdos([
    'inspect',
    'exempt',
    'add',
    '--check',
    'cadvisor.cgroup.cpu',
    '--selector',
    'fleet.jdos.jd.com/simulated=true',
    '--reason',
    'known',
    '--for',
    '7d',
  ]);
  expect(cells(await run())['cadvisor.cgroup.cpu']).toBe('0|0|0|90');
  expect(await jdos('inspect exempt list')).toContain('known');
  await jdos('inspect exempt end 1');
  expect(cells(await run())['cadvisor.cgroup.cpu']).toBe('1|0|0|89');
});

it('what people changed is in the audit, and the audit is whole', async () => {
  expect(await jdos('audit list')).toMatch(/inspect\.exempt\.end\s+exemption\/1/);
  expect(JSON.parse(await jdos('audit verify -o json'))).toEqual({
    entries: expect.any(Number),
    head: expect.any(String),
  });
  const { code, stderr } = await cluster.jdos('audit verify --head 0000');
  expect([code, stderr]).toEqual([1, expect.stringContaining('JDOS_ERR_AUDIT_BROKEN')]);
});

it('a host that is dead is Unknown in every row, one whose kubelet is dead in none; what is mended shows in the difference', async () => {
  const [dead, deaf] = (await jdos('fleet hosts -o name'))
    .trim()
    .split('\n')
    .slice(-2)
    .map((line) => line.replace('node/', ''));
  await jdos(['fleet', 'fault', 'add', 'host-silent', '--host', dead!]);
  await jdos(['fleet', 'fault', 'add', 'kubelet-silent', '--host', deaf!]);
  await jdos('fleet fault clear limit-lost-gz1-r0101-07');
  const brief = await cluster.until(
    () => run(),
    (seen) => cells(seen)['kubelet.process'] === '1|0|0|88' && cells(seen)['cadvisor.cgroup.cpu'] === '0|0|0|89',
    { what: 'the faults are in force' },
  );
  for (const row of brief.rows) expect([row.check, row.unknown]).toEqual([row.check, 1]);
  expect(await jdos('inspect brief --lang zh')).toContain('未执行');
  expect(await jdos(['inspect', 'diff', '2', String(brief.run.id)])).toMatch(/new\s+kubelet\.process/);
});

it('a plan is carried out by the running instance', async () => {
  await jdos([
    'inspect',
    'plan',
    'add',
    'often',
    '--schedule',
    '*/2 * * * * *',
    '--keep',
    '2',
    '--host',
    'gz1-r0101-01',
  ]);
  const runs = await cluster.until(
    async () =>
      JSON.parse(await jdos('inspect runs --plan often -o json')) as { items: { state: string; by: string }[] },
    ({ items }) => items.some((one) => one.state === 'finished'),
    { what: 'a run of the plan', ms: 60_000 },
  );
  expect(runs.items[0]!.by).toBe('plan');
  await jdos('inspect plan suspend often');
  expect(await jdos('inspect plan list')).toMatch(/often .*suspended/);
  await jdos('inspect plan remove often');
});

it('what does not exist is refused by name', async () => {
  const refused = async (args: string) => {
    const { code, stderr } = await cluster.jdos(args);
    return [code, stderr.trim()];
  };
  expect(await refused('inspect run --host nobody')).toEqual([4, expect.stringContaining('host nobody')]);
  expect(await refused('inspect brief 999')).toEqual([4, expect.stringContaining('JDOS_ERR_INSPECT_RUN')]);
  expect(await refused('inspect run --check nope')).toEqual([2, expect.stringContaining('expected kubelet.process')]);
  const failing = await cluster.jdos('inspect run --fail-on alarm');
  expect(failing.code).toBe(1);
});
