/** The files of a host in a directory: /proc, /sys and /etc as the collector reads them, in any version of cgroups. */
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, constants, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type Cgroups = 'v1' | 'v2' | 'hybrid';
type Files = Readonly<Record<string, string>>;

const PID = 2301;
const LIMIT = String(512 * 2 ** 20);

const BASE: Files = {
  'proc/uptime': '5000000.00 1.00\n',
  'proc/loadavg': '1.00 2.00 3.00 2/1360 4242\n',
  'proc/meminfo': 'MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\nSwapTotal: 4000000 kB\nSUnreclaim: 10 kB\n',
  'proc/cpuinfo': 'processor : 0\n',
  'proc/cmdline': 'ro quiet\n',
  'proc/sys/fs/file-nr': '1140\t0\t2466177\n',
  'proc/sys/fs/file-max': '2466177\n',
  'proc/sys/fs/inotify/max_user_instances': '8192\n',
  'proc/sys/kernel/pid_max': '4194304\n',
  'proc/sys/kernel/threads-max': '192730\n',
  'proc/sys/kernel/printk': '4\t4\t1\t7\n',
  'proc/sys/kernel/osrelease': '6.6.0-jdos\n',
  'proc/sys/kernel/hostname': 'h1\n',
  'proc/sys/kernel/random/boot_id': 'a0a489a3-d1c6-4f63-a17e-30776ce9e4fd\n',
  'sys/devices/system/cpu/online': '0-3\n',
  'etc/fstab': '# what is mounted\nUUID=1 / ext4 defaults 0 1\n/dev/sdz9 /data xfs defaults,nofail 0 2\n',
  [`proc/${PID}/comm`]: 'cadvisor\n',
  [`proc/${PID}/status`]: 'Name:\tcadvisor\nState:\tS (sleeping)\nVmRSS:\t81000 kB\n',
  [`proc/${PID}/stat`]: `${PID} (cadvisor) S 1 1 1 0 -1 0 1 1 0 0 10 5 0 0 20 0 12 0 12000 1 1\n`,
  [`proc/${PID}/cmdline`]: '/usr/bin/cadvisor\0--port=8080\0',
  [`proc/${PID}/limits`]: 'Max open files            1000                 2000                 files\n',
  [`proc/${PID}/fd/0`]: '',
  [`proc/${PID}/fd/1`]: '',
};

const V1_PATH = '/docker/abc';
const V2_PATH = '/system.slice/cadvisor.service';
const V1: Files = {
  [`sys/fs/cgroup/cpu${V1_PATH}/cpu.cfs_quota_us`]: '50000\n',
  [`sys/fs/cgroup/cpu${V1_PATH}/cpu.cfs_period_us`]: '100000\n',
  [`sys/fs/cgroup/cpu${V1_PATH}/cpu.stat`]: 'nr_periods 10\nnr_throttled 1\n',
  [`sys/fs/cgroup/memory${V1_PATH}/memory.limit_in_bytes`]: `${LIMIT}\n`,
  [`sys/fs/cgroup/memory${V1_PATH}/memory.usage_in_bytes`]: '96468992\n',
  [`sys/fs/cgroup/memory${V1_PATH}/memory.memsw.limit_in_bytes`]: `${LIMIT}\n`,
  [`sys/fs/cgroup/memory${V1_PATH}/memory.stat`]: 'cache 1\ntotal_inactive_file 12582912\n',
  [`sys/fs/cgroup/memory${V1_PATH}/memory.failcnt`]: '0\n',
};
const V2: Files = {
  [`sys/fs/cgroup${V2_PATH}/cpu.max`]: '50000 100000\n',
  [`sys/fs/cgroup${V2_PATH}/cpu.stat`]: 'nr_periods 10\nnr_throttled 1\n',
  [`sys/fs/cgroup${V2_PATH}/memory.max`]: `${LIMIT}\n`,
  [`sys/fs/cgroup${V2_PATH}/memory.current`]: '96468992\n',
  [`sys/fs/cgroup${V2_PATH}/memory.swap.max`]: '0\n',
  [`sys/fs/cgroup${V2_PATH}/memory.swap.current`]: '0\n',
  [`sys/fs/cgroup${V2_PATH}/memory.stat`]: 'anon 1\ninactive_file 12582912\n',
  [`sys/fs/cgroup${V2_PATH}/memory.events`]: 'oom_kill 0\n',
};

const ROOT = '22 1 8:1 / / rw,relatime - ext4 /dev/x rw\n23 1 8:2 / /export rw - xfs /dev/y rw\n';
const V1_MOUNTS =
  '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n35 31 0:32 / /sys/fs/cgroup/memory rw shared:1 - cgroup cgroup rw,memory\n';
const UNIFIED = '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n';

const KINDS: Readonly<Record<Cgroups, Files>> = {
  v1: {
    ...V1,
    [`proc/${PID}/cgroup`]: `5:memory:${V1_PATH}\n4:cpu,cpuacct:${V1_PATH}\n1:name=systemd:/x\n`,
    'proc/self/mountinfo': ROOT + V1_MOUNTS,
  },
  v2: {
    ...V2,
    [`proc/${PID}/cgroup`]: `0::${V2_PATH}\n`,
    'proc/self/mountinfo': `${ROOT}41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n`,
  },
  hybrid: {
    ...V1,
    [`proc/${PID}/cgroup`]: `5:memory:${V1_PATH}\n4:cpu,cpuacct:/../..${V1_PATH}\n0::/x\n`,
    'proc/self/mountinfo': ROOT + UNIFIED + V1_MOUNTS,
  },
};

export class HostRoot implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'jdos-host-'));
  readonly #hung: string[] = [];

  constructor(cgroups: Cgroups, more: Files = {}) {
    const all = { ...BASE, ...KINDS[cgroups], ...more };
    for (const [path, text] of Object.entries(all))
      this.write(path.replace('/cgroup/cpu/', '/cgroup/cpu,cpuacct/'), text);
    mkdirSync(join(this.dir, 'export'), { recursive: true });
  }

  write(path: string, text: string): void {
    const file = join(this.dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** A program that is found before those of the machine. */
  program(name: string, script: string): string {
    const file = join(this.dir, 'programs', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  /** A file whose reading does not end. */
  hang(path: string): void {
    const file = join(this.dir, path);
    rmSync(file, { force: true });
    execFileSync('mkfifo', [file]);
    this.#hung.push(file);
  }

  /** Whoever still reads what hangs is let go. */
  [Symbol.dispose](): void {
    for (const file of this.#hung) closeSync(openSync(file, constants.O_RDWR | constants.O_NONBLOCK));
    rmSync(this.dir, { recursive: true, force: true });
  }
}
