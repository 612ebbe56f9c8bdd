/** Lines of facts by what they say: `statfs(90)`, `chrony(51)`. */
import { lines, subject } from './host.testing.ts';
import type { Subject } from './subject.ts';

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export const process = (state: string, ageSeconds: number, more: readonly string[] = []) => [
  'read',
  'uptime 5000000.00',
  `stat 1204 ${state} 1 1204 1204 0 -1 4194560 1 1 0 0 10 5 0 0 20 0 12 0 ${(5_000_000 - ageSeconds) * 100} 1 1`,
  'rss 1204 96000',
  'cmdline 1204 /usr/bin/kubelet --v=2',
  ...more,
];
export const node = (more: Partial<NonNullable<Subject['node']>>) => ({ node: { ...subject().node!, ...more } });
export const statfs = (percent: number, inodes = 10) => {
  const used = Math.ceil(950_000 * (percent / 100));
  return [`statfs 4096 1000000 ${1_000_000 - used} ${950_000 - used} 1000 ${1000 - inodes * 10}`, 'device 2 1'];
};
export const threads = (count: number) => [`1.00 1.00 1.00 2/${count} 99`];
export const load = (value: number) => [`${value} ${value} ${value} 2/900 99`];
export const chrony = (ms: number, more: { leap?: string; dispersion?: number } = {}) =>
  `chrony 0A40,10.64.0.1,3,1.0,${ms / 1000},0,0,0,0,0,0.001,${more.dispersion ?? 0.001},64,${more.leap ?? 'Normal'}`;
export const memory = (percent: number, total = 100_000_000) => [
  `MemTotal: ${total} kB`,
  `MemAvailable: ${Math.round(total * (1 - percent / 100))} kB`,
  'SwapTotal: 0 kB',
  'SUnreclaim: 1000 kB',
];
export const conntrack = (count: number, drop = 0, failed = 0, max = 1_048_576) => [
  `count ${count}`,
  `max ${max}`,
  'stat entries insert_failed drop early_drop',
  `stat 0 ${failed.toString(16)} ${drop.toString(16)} 0`,
];
export const cgroup = (replaced: Record<string, string | null>) => ({
  cadvisor_cgroup: lines('cadvisor_cgroup', replaced),
});
export const v1 = (values: Record<string, string>) => [
  'pid 2301',
  'cpu v1 /sys/fs/cgroup/cpu/docker/abc',
  'memory v1 /sys/fs/cgroup/memory/docker/abc',
  ...Object.entries({
    'cpu.cfs_quota_us': '50000',
    'cpu.cfs_period_us': '100000',
    'memory.limit_in_bytes': String(512 * 2 ** 20),
    'memory.usage_in_bytes': '96468992',
    'memory.failcnt': '0',
    'memory.memsw.limit_in_bytes': String(512 * 2 ** 20),
    'memory.stat total_inactive_file': '12582912',
    ...values,
  }).map(([name, value]) => `${name} ${value}`),
];
export const swap = {
  memory: ['MemTotal: 100000000 kB', 'MemAvailable: 50000000 kB', 'SwapTotal: 4000000 kB', 'SUnreclaim: 10 kB'],
};
