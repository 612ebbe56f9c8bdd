/** Every check on facts of a healthy host of which some are otherwise. */
import { expect, describe as group, it } from 'vitest';
import {
  cgroup,
  chrony,
  conntrack,
  load,
  MINUTE,
  memory,
  node,
  process,
  statfs,
  swap,
  threads,
  v1,
} from '../fact-lines.testing.ts';
import { judged, lines, NOW, type Otherwise, resultOf, subject } from '../host.testing.ts';
import { describe } from '../judge.ts';
import type { Level } from '../level.ts';
import type { Subject } from '../subject.ts';
import { CHECKS } from './index.ts';

type Case = readonly [what: string, otherwise: Otherwise, level: Level, subject?: Partial<Subject>];
type Table = Readonly<Record<string, readonly Case[]>>;

const TABLE: Table = {
  'kubelet.process': [
    ['no process', { kubelet_process: ['read', 'uptime 5000000.00'] }, 'error'],
    ['a zombie', { kubelet_process: process('Z', 9999) }, 'error'],
    ['stuck only just now', { kubelet_process: process('D', 9999) }, 'info'],
    [
      'two of them',
      {
        kubelet_process: process(
          'S',
          9999,
          process('S', 999)
            .slice(2, 3)
            .map((l) => l.replace('1204', '1300')),
        ),
      },
      'alarm',
    ],
    ['started five minutes ago', { kubelet_process: process('S', 300) }, 'warn'],
    ['not enabled', { kubelet_unit: lines('kubelet_unit', { 'UnitFileState=': 'disabled' }) }, 'warn'],
    ['no systemd', { kubelet_unit: ['absent'] }, 'info'],
    ['a process that cannot be listed', { kubelet_process: '!timeout: not read within 3 s' }, 'unknown'],
  ],
  'kubelet.health': [
    ['one healthz failed', { kubelet_health: lines('kubelet_health', { 'code ': '500' }) }, 'alarm'],
    ['healthz hung', { kubelet_health: '!timeout: not read within 5 s' }, 'alarm'],
    ['healthz took two seconds', { kubelet_health: ['code 200', 'from 10.00 to 12.00', 'body ok'] }, 'warn'],
    ['it cannot be asked', { kubelet_health: '!neither curl nor wget is there' }, 'unknown'],
    ['NotReady for five minutes', {}, 'error', node({ ready: { status: 'Unknown', since: NOW - 5 * MINUTE } })],
    ['NotReady for one minute', {}, 'alarm', node({ ready: { status: 'False', since: NOW - MINUTE } })],
    ['a lease of 21 s', {}, 'warn', node({ leaseAgeMs: 21_000 })],
    ['a lease of 41 s', {}, 'alarm', node({ leaseAgeMs: 41_000 })],
    [
      'cannot be asked and NotReady',
      { kubelet_health: '!neither' },
      'error',
      node({ ready: { status: 'False', since: 0 } }),
    ],
  ],
  'disk.export': [
    ['79.9 %', { disk: statfs(79.9) }, 'info'],
    ['80 %', { disk: statfs(80.01) }, 'warn'],
    ['85 %', { disk: statfs(85.01) }, 'alarm'],
    ['90 %', { disk: statfs(90.01) }, 'error'],
    ['inodes 80 %', { disk: statfs(10, 80) }, 'warn'],
    ['inodes 90 %', { disk: statfs(10, 90) }, 'alarm'],
    ['inodes 95 %', { disk: statfs(10, 95) }, 'error'],
    [
      'read-only',
      {
        mounts: lines('mounts', { '8:16 /export rw': ',noatime xfs /dev/x' }).map((l) =>
          l.replace('/export rw', '/export ro'),
        ),
      },
      'error',
    ],
    ['there is no /export', { disk: ['absent'] }, 'error'],
    ['a short answer', { disk: ['statfs 4096 1 1'] }, 'unknown'],
    ['high in the first sample only', { disk: statfs(95), 'again:disk': statfs(40) }, 'info'],
  ],
  'proc.count': [
    ['half of the threads', { limits: lines('limits', { 'pid_max ': '10000' }), load: threads(5000) }, 'warn'],
    ['70 %', { limits: lines('limits', { 'pid_max ': '10000' }), load: threads(7000) }, 'alarm'],
    ['90 %', { limits: lines('limits', { 'pid_max ': '10000' }), load: threads(9000) }, 'error'],
    ['the lesser of both limits', { limits: lines('limits', { 'threads_max ': '1000' }), load: threads(900) }, 'error'],
    [
      'Pods at 70 % of their limit',
      { limits: lines('limits', { 'kubepods_pids ': '700', 'kubepods_pids_max ': '1000' }) },
      'alarm',
    ],
    [
      'Pods without limit',
      { limits: lines('limits', { 'kubepods_pids ': '700', 'kubepods_pids_max ': 'max' }) },
      'info',
    ],
    ['101 zombies', { tasks: ['processes 500', 'state Z 101'] }, 'warn'],
    ['1001 zombies', { tasks: ['processes 5000', 'state Z 1001'] }, 'alarm'],
    ['10 in state D', { tasks: ['processes 500', 'state D 10'] }, 'alarm'],
    [
      '10 in state D, then one',
      { tasks: ['processes 500', 'state D 10'], 'again:tasks': ['processes 500', 'state D 1'] },
      'info',
    ],
    ['no number', { load: ['1 1 1 2/x 3'] }, 'unknown'],
  ],
  'time.offset': [
    ['no source at all', { time: ['none'] }, 'alarm'],
    ['not synchronised', { time: [chrony(1, { leap: 'Not synchronised' }), 'sources 2'] }, 'alarm'],
    ['an error of 16 s', { time: [chrony(1, { dispersion: 16 }), 'sources 2'] }, 'alarm'],
    ['a single source', { time: [chrony(1), 'sources 1'] }, 'warn'],
    ['ntpd', { time: ['ntpq leap=00, stratum=3, offset=-60.5, rootdisp=12', 'sources 3'] }, 'warn'],
    ['ntpd, not synchronised', { time: ['ntpq leap=11, stratum=16, offset=0, rootdisp=12', 'sources 3'] }, 'alarm'],
    [
      'timesyncd',
      { time: ['timesync Server: 10.0.0.1', 'timesync Offset: +620.1ms', 'timedate NTPSynchronized=yes'] },
      'alarm',
    ],
  ],
  'log.level': [
    ['console 7', { log: ['printk 7\t4\t1\t7'] }, 'alarm'],
    ['console 3', { log: ['printk 3\t4\t1\t7'] }, 'warn'],
    ['the kubelet at -v=6', { kubelet_process: process('S', 9999).map((l) => l.replace('--v=2', '--v=6')) }, 'warn'],
    [
      'a filesystem shut down',
      { kmsg: ['read', 'fatal [9999999.0] XFS (sda): Filesystem has been shut down'] },
      'error',
    ],
    ['a hung task', { kmsg: ['read', 'serious [9999999.0] task x blocked for more than 120 seconds'] }, 'alarm'],
    ['two OOM kills', { kmsg: ['read', ...[1, 2].map((n) => `oom [999999${n}.0] Out of memory`)] }, 'info'],
    ['three OOM kills', { kmsg: ['read', ...[1, 2, 3].map((n) => `oom [999999${n}.0] Out of memory`)] }, 'alarm'],
    ['trouble of last month', { kmsg: ['read', 'fatal [1000.0] Oops: 0000'] }, 'info'],
    ['an alert', { journal: ['errors 1', 'alert the roof is on fire'] }, 'error'],
    ['a kernel log that cannot be read', { kmsg: '!no dmesg' }, 'unknown'],
  ],
  'kernel.version': [
    ['one that differs from the pool', { kernel: ['running 3.10.0-327'] }, 'warn'],
    [
      'a newer one is installed',
      { kernel: ['running 6.6.0-jdos', 'installed 6.6.0-jdos', 'installed 6.6.1-jdos'] },
      'warn',
    ],
    ['an older one is installed', { kernel: ['running 6.6.0-jdos', 'installed 6.5.12-jdos'] }, 'info'],
    ['a reboot is required', { kernel: ['running 6.6.0-jdos', 'reboot required'] }, 'warn'],
  ],
  'nic.crc': [
    ['a port that is down', { nics: lines('nics', { 'nic eth1 operstate ': 'down' }) }, 'error'],
    ['a port that is not there', { nics: ['read', 'nic eth9 missing 1'] }, 'error'],
    ['no port at all', { nics: ['read'] }, 'unknown'],
  ],
  'fd.count': [
    ['70 %', { files: ['file-nr 700\t0\t1000'], limits: lines('limits') }, 'warn'],
    ['80 %', { files: ['file-nr 800\t0\t1000'] }, 'alarm'],
    ['90 %', { files: ['file-nr 900\t0\t1000'] }, 'error'],
    ['a process at 90 %', { files: ['file-nr 1\t0\t1000', 'open kubelet 1204 900 1000'] }, 'error'],
    ['a process without limit', { files: ['file-nr 1\t0\t1000', 'open kubelet 1204 900 unlimited'] }, 'info'],
    ['the largest there is', { files: ['file-nr 9000\t0\t9223372036854775807'] }, 'info'],
    ['few inotify instances', { limits: lines('limits', { 'inotify_instances ': '128' }) }, 'warn'],
    ['a small file-max', { limits: lines('limits', { 'file_max ': '400000' }) }, 'warn'],
  ],
  'kernel.pid_max': [
    ['65536', { limits: lines('limits', { 'pid_max ': '65536' }) }, 'alarm'],
    ['131072', { limits: lines('limits', { 'pid_max ': '131072' }) }, 'warn'],
    ['262144', { limits: lines('limits', { 'pid_max ': '262144' }) }, 'info'],
    ['nearly used up', { limits: lines('limits', { 'pid_max ': '100000' }), load: threads(95_000) }, 'error'],
    ['32768, half used', { limits: lines('limits', { 'pid_max ': '32768' }), load: threads(16_500) }, 'error'],
  ],
  fstab: [
    [
      'a mount that is not there',
      { fstab: ['read', 'present UUID=1 /data xfs defaults', 'present UUID=2 /export xfs defaults'] },
      'alarm',
    ],
    ['/export mounted but not listed', { fstab: ['read', 'present UUID=1 / ext4 defaults'] }, 'alarm'],
    ['a device by letter', { fstab: ['read', 'present /dev/sdb1 /export xfs defaults'] }, 'warn'],
    ['swap', { fstab: ['read', 'present UUID=2 /export xfs defaults', 'present UUID=3 none swap sw'] }, 'warn'],
    ['read-only by fstab only', { fstab: ['read', 'present UUID=2 /export xfs ro'] }, 'warn'],
    ['noauto', { fstab: ['read', 'present UUID=2 /export xfs defaults', 'missing UUID=3 /usb vfat noauto'] }, 'info'],
    [
      'a path with a space',
      {
        fstab: ['read', 'present UUID=2 /export xfs defaults', 'present UUID=4 /a\\040b xfs defaults'],
        mounts: [...lines('mounts'), '8:3 /a\\040b rw xfs /dev/x'],
      },
      'info',
    ],
  ],
  'net.conntrack': [
    ['75 %', { conntrack: conntrack(786_432) }, 'warn'],
    ['90 %', { conntrack: conntrack(943_719) }, 'alarm'],
    ['95 %', { conntrack: conntrack(996_148) }, 'error'],
    ['a small table', { conntrack: conntrack(1, 0, 0, 65_536) }, 'warn'],
    ['the kernel said it was full', { kmsg: ['read', 'conntrack [9999999.0] nf_conntrack: table full'] }, 'error'],
    ['a number in no base', { conntrack: [...conntrack(1), 'stat 0 zz 0 0'] }, 'unknown'],
  ],
  'mem.usage': [
    ['84 %', { memory: memory(84) }, 'info'],
    ['85 %', { memory: memory(85.1) }, 'warn'],
    ['90 %', { memory: memory(90.1) }, 'alarm'],
    ['95 %', { memory: memory(95.1) }, 'error'],
    ['99 Mi left', { memory: memory(50, 200_000) }, 'error'],
    [
      'pressure',
      { pressure: lines('pressure', { 'memory full ': 'avg10=20.00 avg60=12.00 avg300=0 total=1' }) },
      'error',
    ],
    ['much slab', { memory: [...memory(50).slice(0, 3), 'SUnreclaim: 11000000 kB'] }, 'warn'],
    [
      'an old kernel',
      {
        memory: [
          'MemTotal: 10000000 kB',
          'MemFree: 500000 kB',
          'Buffers: 10000 kB',
          'Cached: 400000 kB',
          'Shmem: 100000 kB',
          'SReclaimable: 100000 kB',
        ],
      },
      'alarm',
    ],
  ],
  load: [
    ['one a core', { system: lines('system', { 'cpus ': '0-9' }), load: load(10) }, 'warn'],
    ['two a core', { system: lines('system', { 'cpus ': '0-9' }), load: load(20) }, 'alarm'],
    ['four a core', { system: lines('system', { 'cpus ': '0-9' }), load: load(40) }, 'error'],
    [
      'three a core with as many in D',
      { system: lines('system', { 'cpus ': '0-1' }), load: load(6), tasks: ['processes 9', 'state D 2'] },
      'error',
    ],
    ['processors in two ranges', { system: lines('system', { 'cpus ': '0-3,8-13' }), load: load(9.9) }, 'info'],
  ],
  'kubelet.version': [
    ['four minors older', {}, 'error', { ...node({ kubelet: 'v1.31.9' }), pool: {} }],
    ['three minors older', {}, 'info', { ...node({ kubelet: 'v1.32.9' }), pool: {} }],
    ['no version', {}, 'unknown', node({ kubelet: '' })],
  ],
  'cadvisor.process': [
    ['absent', { cadvisor_process: ['read', 'uptime 5.00'] }, 'error'],
    [
      'part of the kubelet',
      { cadvisor_process: ['read', 'uptime 5.00'], cadvisor_unit: ['LoadState=not-found'] },
      'info',
    ],
    ['unhealthy', { cadvisor_health: lines('cadvisor_health', { 'code ': '503' }) }, 'error'],
    ['slow', { cadvisor_health: ['code 200', 'from 1.00 to 4.50', 'body ok'] }, 'alarm'],
  ],
  'agent.process': [
    ['absent', { agent_process: ['read', 'uptime 5.00'] }, 'error'],
    ['not deployed', { agent_process: ['read', 'uptime 5.00'], agent_unit: ['LoadState=not-found'] }, 'info'],
    ['300 Mi', { agent_process: lines('agent_process', { 'rss 988 ': '310000' }) }, 'warn'],
    ['no heartbeat for four intervals', {}, 'alarm', { heartbeat: { at: NOW - 4.5 * MINUTE, intervalMs: MINUTE } }],
  ],
  'cadvisor.cgroup.cpu': [
    ['more than expected', cgroup({ 'cpu.max ': '60000 100000' }), 'alarm'],
    ['less than half', cgroup({ 'cpu.max ': '24000 100000' }), 'alarm'],
    ['v1', { cadvisor_cgroup: v1({}) }, 'info'],
    ['v1 lost', { cadvisor_cgroup: v1({ 'cpu.cfs_quota_us': '-1' }) }, 'error'],
    ['no cgroup was found', { cadvisor_cgroup: ['pid 1'] }, 'unknown'],
    [
      'a container by docker',
      {
        cadvisor_unit: ['docker NanoCpus=0 CpuQuota=50000 CpuPeriod=100000 Memory=0 MemorySwap=0'],
        ...cgroup({ 'cpu.max ': 'max 100000' }),
      },
      'error',
    ],
  ],
  'cadvisor.cgroup.memory': [
    ['lost', cgroup({ 'memory.max ': 'max' }), 'error'],
    ['v1', { cadvisor_cgroup: v1({}) }, 'info'],
    ['v1 lost', { cadvisor_cgroup: v1({ 'memory.limit_in_bytes': '9223372036854771712' }) }, 'error'],
    ['a page more', cgroup({ 'memory.max ': String(512 * 2 ** 20 + 4096) }), 'info'],
    ['two pages more', cgroup({ 'memory.max ': String(512 * 2 ** 20 + 8192) }), 'error'],
    ['80 %', cgroup({ 'memory.current ': String(422 * 2 ** 20) }), 'warn'],
    ['90 %', cgroup({ 'memory.current ': String(473 * 2 ** 20) }), 'alarm'],
  ],
  'cadvisor.cgroup.swap': [
    ['some used', cgroup({ 'memory.swap.current ': '4096' }), 'alarm'],
    ['v1', { cadvisor_cgroup: v1({}), ...swap }, 'info'],
    ['v1 not counted', { cadvisor_cgroup: v1({}).filter((l) => !l.includes('memsw')), ...swap }, 'warn'],
    ['v1 lost', { cadvisor_cgroup: v1({ 'memory.memsw.limit_in_bytes': '9223372036854771712' }), ...swap }, 'error'],
  ],
};

it('there are twenty checks, each with names, a remedy and findings in both languages', () => {
  expect(CHECKS).toHaveLength(20);
  for (const { name, remedy, findings } of CHECKS)
    for (const text of [name, remedy, ...Object.values(findings)]) expect([text.zh, text.en].every(Boolean)).toBe(true);
});

it('a healthy host is healthy in every check, and says so in words', () => {
  const { results } = judged();
  expect(results.map((result) => [result.check, result.level])).toEqual(CHECKS.map(({ id }) => [id, 'info']));
  for (const result of results)
    expect(describe(result, 'zh') + describe(result, 'en')).not.toMatch(/\?|\{|NaN|undefined/);
});

group.each(Object.entries(TABLE))('%s', (check, cases) => {
  it.each(cases.map((one) => ({ what: one[0], one })))('$what', ({ one: [, otherwise, level, more] }) => {
    const result = resultOf(check, judged(otherwise, { of: subject(more) }));
    expect([describe(result, 'en'), result.level]).toEqual([describe(result, 'en'), level]);
    expect(describe(result, 'zh')).not.toMatch(/\{|NaN|undefined/);
  });

  it('is Unknown, and says why, when nothing can be read', () => {
    const none = Object.fromEntries(FACTS.map((name) => [name, '!denied' as const]));
    const { level, finding } = resultOf(check, judged(none, { of: subject({ node: undefined }) }));
    expect([level, finding]).toEqual(['unknown', 'unreadable']);
  });
});

const FACTS = (
  'load memory files conntrack disk tasks system clock limits pressure log kmsg journal kernel mounts fstab nics time ' +
  'kubelet_unit kubelet_process kubelet_health cadvisor_unit cadvisor_process cadvisor_health cadvisor_cgroup ' +
  'agent_unit agent_process'
).split(' ');
