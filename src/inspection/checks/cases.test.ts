/** What takes two looks, and the numbered cases of the specification. */
import { expect, it } from 'vitest';
import {
  cgroup,
  chrony,
  conntrack,
  DAY,
  MINUTE,
  memory,
  node,
  process,
  statfs,
  swap,
  v1,
} from '../fact-lines.testing.ts';
import { judged, levelIn, lines, NOW, type Otherwise, resultOf, subject } from '../host.testing.ts';
import { describe } from '../judge.ts';
import type { Level } from '../level.ts';
import { parseSettings } from '../settings.ts';

const settings = (text: string) => ({ settings: parseSettings(text, 'inspection.yaml') });
const twice = (check: string, first: Otherwise, second: Otherwise, ms: number, of = subject()) => {
  const { memory } = judged(first, { now: NOW - ms, of });
  return resultOf(check, judged(second, { memory, of })).level;
};
const nic = (replaced: Record<string, string>) => ({ nics: lines('nics', replaced) });

it('A7 a limit of half a CPU is kept, lost, or rounded up by systemd', () => {
  expect(levelIn('cadvisor.cgroup.cpu', cgroup({ 'cpu.max ': '50000 100000' }))).toBe('info');
  expect(levelIn('cadvisor.cgroup.cpu', cgroup({ 'cpu.max ': 'max 100000' }))).toBe('error');
  const unit = lines('cadvisor_unit', { 'CPUQuotaPerSecUSec=': '505ms' });
  expect(levelIn('cadvisor.cgroup.cpu', { cadvisor_unit: unit, ...cgroup({ 'cpu.max ': '51000 100000' }) })).toBe(
    'info',
  );
});

it('A6 the same container in cgroup v1 and v2 has the same levels in checks 18 to 20', () => {
  const levels = (otherwise: Otherwise) =>
    ['cpu', 'memory', 'swap'].map((name) => levelIn(`cadvisor.cgroup.${name}`, { ...swap, ...otherwise }));
  const lost = cgroup({ 'cpu.max ': 'max 100000', 'memory.max ': 'max', 'memory.swap.max ': 'max' });
  const none = '9223372036854771712';
  const v1Lost = { 'cpu.cfs_quota_us': '-1', 'memory.limit_in_bytes': none, 'memory.memsw.limit_in_bytes': none };
  expect(levels({ cadvisor_cgroup: v1({}) })).toEqual(levels(cgroup({})));
  expect(levels({ cadvisor_cgroup: v1(v1Lost) })).toEqual(levels(lost));
});

it('A8 swap that was limited and is not any more is an Error that names drift; without swap it is none', () => {
  const unit = lines('cadvisor_unit', { 'MemorySwapMax=': null });
  const max = { cadvisor_unit: unit, ...cgroup({ 'memory.swap.max ': 'max' }) };
  const { memory } = judged({ cadvisor_unit: unit, ...cgroup({}) });
  const result = resultOf('cadvisor.cgroup.swap', judged(max, { memory }));
  expect([result.level, describe(result, 'en'), describe(result, 'zh')]).toEqual([
    'error',
    expect.stringContaining('drift'),
    expect.stringContaining('漂移'),
  ]);
  expect(levelIn('cadvisor.cgroup.swap', { ...max, memory: lines('memory', { 'SwapTotal:': ' 0 kB' }) })).toBe('info');
});

it('a limit that was there and is gone is lost, though nothing else tells what it should be', () => {
  const unit = { cadvisor_unit: ['LoadState=loaded'] };
  const gone = { ...unit, ...cgroup({ 'cpu.max ': 'max 100000' }) };
  expect(twice('cadvisor.cgroup.cpu', { ...unit, ...cgroup({}) }, gone, DAY)).toBe('error');
  expect(levelIn('cadvisor.cgroup.cpu', gone)).toBe('info');
});

it('A9 without the module of conntrack the check is Info 未加载', () => {
  const result = resultOf('net.conntrack', judged({ conntrack: ['absent'] }));
  expect([result.level, describe(result, 'zh')]).toEqual(['info', '未加载']);
});

it('A10 dropped connections are an Error, insert_failed alone is a Warn', () => {
  const half = 524_288;
  const was = { conntrack: conntrack(half, 5, 5) };
  expect(twice('net.conntrack', was, { conntrack: conntrack(half, 6, 5) }, DAY)).toBe('error');
  expect(twice('net.conntrack', was, { conntrack: conntrack(half, 5, 6) }, DAY)).toBe('warn');
  expect(twice('net.conntrack', was, was, DAY)).toBe('info');
  expect(levelIn('net.conntrack', was)).toBe('info');
});

it('A11 a counter of errors that has begun anew gives no rate and no alarm', () => {
  expect(
    twice('nic.crc', nic({ 'nic eth0 rx_crc_errors ': '5000' }), nic({ 'nic eth0 rx_crc_errors ': '3' }), DAY),
  ).toBe('info');
});

it.each<[string, number, number, Level]>([
  ['1 in 5,000 packets', 200, 1_000_000, 'error'],
  ['1 in 500,000 packets', 20, 10_000_000, 'alarm'],
  ['100 an hour', 2400, 1e12, 'alarm'],
  ['10 a day', 10, 1e12, 'warn'],
  ['9 a day', 9, 1e12, 'info'],
])('%s with CRC errors', (_, errors, packets, level) => {
  const at = (crc: number, rx: number) =>
    nic({ 'nic eth0 rx_crc_errors ': String(crc), 'nic eth0 rx_packets ': String(rx) });
  expect(twice('nic.crc', at(7, 1000), at(7 + errors, 1000 + packets), DAY)).toBe(level);
});

it('a data port that comes and goes, or has become slower, is an Error', () => {
  const carrier = (n: number) => nic({ 'nic eth0 carrier_changes ': String(n) });
  expect(twice('nic.crc', carrier(2), carrier(8), 60 * MINUTE)).toBe('error');
  expect(twice('nic.crc', carrier(2), carrier(4), 60 * MINUTE)).toBe('info');
  expect(twice('nic.crc', nic({}), nic({ 'nic eth1 speed ': '1000' }), DAY)).toBe('error');
});

it('A12 /export that is no mount of its own is an Error even at 10 %', () => {
  expect(levelIn('disk.export', { disk: statfs(10), mounts: ['8:1 / rw ext4 /dev/x'] })).toBe('error');
});

it('A13 the share used is that of df: what is kept for root counts neither way', () => {
  const [size, blocks, free, available] = [4096, 1_000_000, 200_000, 150_000];
  const disk = [`statfs ${size} ${blocks} ${free} ${available} 1000 900`, 'device 2 1'];
  expect(resultOf('disk.export', judged({ disk })).value).toBe(84.2);
});

it('a disk that fills within four hours is an Alarm, within a day a Warn', () => {
  expect(twice('disk.export', { disk: statfs(50) }, { disk: statfs(60) }, 30 * MINUTE)).toBe('alarm');
  expect(twice('disk.export', { disk: statfs(50) }, { disk: statfs(60) }, 240 * MINUTE)).toBe('warn');
  expect(twice('disk.export', { disk: statfs(50) }, { disk: statfs(60) }, 3 * DAY)).toBe('info');
});

it('A14 offsets of 49, 51, 501 and 1001 ms are Info, Warn, Alarm and Error, early or late', () => {
  const at = (ms: number) => levelIn('time.offset', { time: [chrony(ms), 'sources 3'] });
  for (const sign of [1, -1])
    expect([49, 51, 501, 1001].map((ms) => at(sign * ms))).toEqual(['info', 'warn', 'alarm', 'error']);
});

it('A15 a disk of fstab that is not there is an Error, with nofail an Alarm', () => {
  const fstab = (options: string) => ({ fstab: [...lines('fstab'), `missing UUID=9 /data xfs ${options}`] });
  expect(levelIn('fstab', fstab('defaults'))).toBe('error');
  expect(levelIn('fstab', fstab('defaults,nofail'))).toBe('alarm');
});

it('A16 an idle host with pid_max 32768 is an Alarm, not an Error', () => {
  expect(levelIn('kernel.pid_max', { limits: lines('limits', { 'pid_max ': '32768' }) })).toBe('alarm');
});

it('A17 a build that differs from the pool is a Warn, a kubelet newer than the API server an Error', () => {
  const of = (kubelet: string, usual: string, apiserver: string) =>
    levelIn('kubelet.version', {}, { of: subject({ ...node({ kubelet }), pool: { kubelet: usual }, apiserver }) });
  expect(of('v1.6.2-93', 'v1.6.2-90', 'v1.6.2')).toBe('warn');
  expect(of('v1.6.2-93', 'v1.6.2-93', 'v1.6.2')).toBe('info');
  expect(of('v1.7.0', 'v1.7.0', 'v1.6.2')).toBe('error');
});

it('A18 a value that swings between 89 and 91 % about Alarm changes its level at most once in ten runs', () => {
  const [low, high] = [{ memory: memory(89) }, { memory: memory(91) }];
  let last = judged(low).memory;
  const levels: Level[] = [];
  for (let run = 0; run < 10; run++) {
    const judgement = judged(run % 2 === 0 ? high : low, { memory: last });
    last = judgement.memory;
    levels.push(resultOf('mem.usage', judgement).level);
  }
  expect(levels.filter((level, i) => i > 0 && level !== levels[i - 1]).length).toBeLessThanOrEqual(1);
  expect(resultOf('mem.usage', judged({ memory: memory(79) }, { memory: last })).level).toBe('info');
});

it('healthz that fails for the third time is an Error', () => {
  const failing = { kubelet_health: lines('kubelet_health', { 'code ': '000' }) };
  const once = judged(failing).memory;
  const second = judged(failing, { memory: once }).memory;
  expect(resultOf('kubelet.health', judged(failing, { memory: second })).level).toBe('error');
  expect(resultOf('kubelet.health', judged({}, { memory: second })).level).toBe('info');
});

it('five restarts of the kubelet in twenty minutes are an Alarm, as many in a day are none', () => {
  const unit = (restarts: number) => ({ kubelet_unit: lines('kubelet_unit', { 'NRestarts=': String(restarts) }) });
  expect(twice('kubelet.process', unit(3), unit(8), 20 * MINUTE)).toBe('alarm');
  expect(twice('kubelet.process', unit(3), unit(8), DAY)).toBe('info');
});

it('a kubelet that was stuck a minute ago and still is, is an Error', () => {
  const stuck = { kubelet_process: process('D', 9999) };
  expect(twice('kubelet.process', stuck, stuck, 61_000)).toBe('error');
  expect(twice('kubelet.process', stuck, stuck, 30_000)).toBe('info');
});

it('Ready that changed three times in a quarter of an hour is flapping', () => {
  const at = (minutes: number) => subject(node({ ready: { status: 'True', since: NOW - minutes * MINUTE } }));
  let memory = judged({}, { of: at(14) }).memory;
  memory = judged({}, { of: at(9), memory }).memory;
  expect(resultOf('kubelet.health', judged({}, { of: at(2), memory })).level).toBe('warn');
});

it('throttling and OOM kills are judged by their growth', () => {
  const cpu = (periods: number, throttled: number) =>
    cgroup({ 'cpu.stat nr_periods ': String(periods), 'cpu.stat nr_throttled ': String(throttled) });
  expect(twice('cadvisor.cgroup.cpu', cpu(1000, 900), cpu(2000, 1200), DAY)).toBe('warn');
  expect(twice('cadvisor.cgroup.cpu', cpu(1000, 900), cpu(2000, 1100), DAY)).toBe('info');
  const kills = (n: number) => cgroup({ 'memory.events oom_kill ': String(n) });
  expect(twice('cadvisor.cgroup.memory', kills(3), kills(4), DAY)).toBe('alarm');
  expect(twice('cadvisor.cgroup.memory', kills(3), kills(3), DAY)).toBe('info');
});

it('counters are not compared across a start of the host', () => {
  const boot = { system: lines('system', { 'boot_id ': 'another' }) };
  const [was, now] = [
    nic({ 'nic eth0 rx_crc_errors ': '1' }),
    { ...nic({ 'nic eth0 rx_crc_errors ': '90000' }), ...boot },
  ];
  expect(twice('nic.crc', was, now, DAY)).toBe('info');
});

it('a pool has thresholds and lists of its own', () => {
  const text = `
words: { kernel.version: { deny: '3.10.*' } }
pools:
  - selector: jdos.jd.com/zone=gz-1
    limits: { disk.export: { warn: 10, alarm: 20, error: 99 } }
    words: { kernel.version: { deny: '', allow: '6.*, 5.15.*' } }`;
  const other = { of: subject({ labels: {} }) };
  const kernel = { kernel: ['running 3.10.0-327.el7'] };
  expect(levelIn('kernel.version', kernel, { ...settings(text), ...other })).toBe('error');
  expect(levelIn('kernel.version', kernel, settings(text))).toBe('alarm');
  expect(levelIn('disk.export', { disk: statfs(30) }, settings(text))).toBe('alarm');
  expect(levelIn('disk.export', { disk: statfs(30) }, { ...settings(text), ...other })).toBe('info');
});

it.each([
  ['limits: { load: { warm: 1 } }', 'limits.load: expected one of error, alarm, warn, errorWithStuck, found "warm"'],
  ['limits: { laod: {} }', /limits: expected one of kubelet.process.*found "laod"/],
  ['pools: [{ selector: "a in (" }]', /pools\[0\]\.selector: expected a label selector/],
  ['pools: 3', 'pools: expected a list, found 3'],
  ['limits: { load: { warn: much } }', 'limits.load.warn: expected a number, found "much"'],
  ['{', /expected YAML/],
])('settings like %s are refused in words', (text, message) => {
  expect(() => settings(text)).toThrow(message);
});
