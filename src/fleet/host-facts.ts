/**
 * What a simulated host tells of itself when it is inspected: the text that the collector prints on a real one, made from
 * the host's shape, what runs on it, and the faults that afflict it. It is fact for fact what the rest of the fleet shows.
 */
import { parseQuantity } from '../kube/index.ts';
import { chanceOf } from './chance.ts';
import type { Host } from './host.ts';
import { nodeInfoOf } from './make-hosts.ts';
import { hostUsage } from './usage.ts';

const chance = chanceOf(1);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const GI = 2 ** 30;
const THREADS_IN_CONTAINER = 12;
const PID_MAX = 4_194_304;
const FILE_MAX = 26_214_400;
const CONNTRACK_MAX = 1_048_576;
const CADVISOR = { pid: 2301, cpu: 0.5, memory: 512 * 2 ** 20 };
const KUBELET = 1204;
const AGENT = 988;

/** Of a host that answers; who is dead to the world is not asked. */
export function hostFacts(host: Host, now: number): string {
  const machine = machineOf(host, now);
  const facts = Object.entries(FACTS).map(([name, tell]) => [name, tell(machine)] as const);
  const again = AGAIN.map((name) => [`again:${name}`, FACTS[name]!(machine)] as const);
  const told = [...facts, ...again].map(([name, lines]) => {
    const head = `@ ${name} ${machine.uptime}\n`;
    return head + lines.map((line) => `|${line}\n`).join('');
  });
  return `jdos-facts 1 ${Math.floor(machine.clock / 1000)} ${machine.uptime}\n${told.join('')}=\n`;
}

/** What moves by the second is told twice; here nothing moves within one telling. */
const AGAIN = ['load', 'memory', 'files', 'conntrack', 'disk', 'tasks'];

interface Machine {
  readonly host: Host;
  readonly now: number;
  /** By its own clock. */
  readonly clock: number;
  /** Seconds, with fractions. */
  readonly uptime: string;
  readonly cores: number;
  readonly memory: number;
  readonly disk: number;
  readonly containers: number;
  readonly usage: { readonly cpu: number; readonly memory: number };
  /** A parameter of a fault as a number; undefined where the fault is not. */
  readonly fault: (kind: keyof Host['faults']['told'], parameter: string) => number | undefined;
}

function machineOf(host: Host, now: number): Machine {
  const capacity = host.node.status?.capacity ?? {};
  const amount = (name: string, usual: string) => Number(parseQuantity(capacity[name] ?? usual).nanos) / 1e9;
  let containers = 0;
  for (const { life } of host.residents)
    for (const { status } of life.containers) if (status.state.running) containers++;
  const fault: Machine['fault'] = (kind, parameter) => {
    const text = host.faults.told[kind]?.[parameter];
    return text === undefined ? undefined : Number(text);
  };
  return {
    host,
    now,
    clock: now + host.faults.skewMs,
    uptime: ((now - bootOf(host)) / 1000).toFixed(2),
    cores: amount('cpu', '32'),
    memory: amount('memory', '128Gi'),
    disk: amount('ephemeral-storage', '1000Gi'),
    containers,
    usage: hostUsage(host, now),
    fault,
  };
}

/** Some weeks before its Node was made. */
function bootOf(host: Host): number {
  const made = Date.parse(host.node.metadata.creationTimestamp ?? '') || Date.UTC(2026, 0, 1);
  return made - Math.floor((10 + 90 * chance('boot', host.name)) * DAY_MS);
}

type Tell = (machine: Machine) => readonly string[];

const FACTS: Readonly<Record<string, Tell>> = {
  load: (machine) => {
    const busy = machine.fault('high-load', 'perCore');
    const load = busy === undefined ? machine.usage.cpu / 1e9 : busy * machine.cores;
    return [`${`${load.toFixed(2)} `.repeat(3)}2/${threadsOf(machine)} 4242`];
  },
  memory: ({ memory, usage, fault }) => {
    const percent = fault('memory-usage', 'percent');
    const used = percent === undefined ? Math.min(usage.memory, memory * 0.8) : (memory * percent) / 100;
    const line = (name: string, bytes: number) => `${name}:${String(Math.round(bytes / 1024)).padStart(15)} kB`;
    return [
      line('MemTotal', memory),
      line('MemFree', (memory - used) * 0.6),
      line('MemAvailable', memory - used),
      line('SwapTotal', 4 * GI),
      line('SwapFree', 4 * GI),
      line('SUnreclaim', memory * 0.01),
    ];
  },
  files: (machine) => {
    const percent = machine.fault('file-handles', 'percent');
    const used = percent === undefined ? threadsOf(machine) * 4 : Math.ceil((FILE_MAX * percent) / 100);
    return [
      `file-nr ${used}\t0\t${FILE_MAX}`,
      ...(machine.host.faults.silent === 'kubelet' ? [] : [`open kubelet ${KUBELET} 96 1000000`]),
    ];
  },
  conntrack: ({ containers, now, fault }) => {
    const percent = fault('conntrack', 'percent');
    const count = percent === undefined ? 2000 + containers * 90 : Math.ceil((CONNTRACK_MAX * percent) / 100);
    const dropped = sinceEver(now, fault('conntrack', 'drops'));
    return [
      `count ${count}`,
      `max ${CONNTRACK_MAX}`,
      'stat entries found invalid insert insert_failed drop early_drop',
      `stat ${[count, 0, 0, 0, 0, dropped, 0].map((n) => n.toString(16).padStart(8, '0')).join(' ')}`,
    ];
  },
  disk: ({ host, disk, fault }) => {
    const size = 4096;
    const blocks = Math.floor(disk / size);
    const kept = Math.floor(blocks * 0.05);
    const usual = 30 + 25 * chance('disk use', host.name);
    const percent = host.faults.diskFull ? 97 : (fault('disk-usage', 'percent') ?? usual);
    const used = Math.ceil(((blocks - kept) * percent) / 100);
    return [`statfs ${size} ${blocks} ${blocks - used} ${blocks - kept - used} 65536000 60293120`, 'device 2064 2049'];
  },
  tasks: (machine) => {
    const all = 180 + machine.containers * 3;
    return [`processes ${all}`, `state S ${all - 3}`, 'state R 2', 'state Z 1'];
  },
  system: ({ host, cores }) => [
    `boot_id ${nodeInfoOf(host.name).bootID}`,
    `hostname ${host.name}`,
    `cpus ${cores > 1 ? `0-${cores - 1}` : '0'}`,
  ],
  clock: ({ clock }) => [(clock / 1000).toFixed(9)],
  limits: (machine) => [
    `pid_max ${pidMax(machine)}`,
    `threads_max ${threadsMax(machine)}`,
    `file_max ${FILE_MAX}`,
    'inotify_instances 8192',
  ],
  pressure: () => {
    const rest = 'avg300=0.00 total=0';
    return ['cpu', 'memory', 'io'].flatMap((kind) => [
      `${kind} some avg10=0.10 avg60=0.08 ${rest}`,
      `${kind} full avg10=0.00 avg60=0.00 ${rest}`,
    ]);
  },
  log: () => ['printk 4\t4\t1\t7'],
  kmsg: ({ host, uptime }) => {
    const line = host.faults.told['kernel-error']?.line;
    if (line === undefined) return ['read'];
    const at = Math.floor((Number(uptime) - 60) * 1e6) / 1e6;
    return ['read', 'count fatal 1', `fatal [${at.toFixed(6)}] ${line.slice(0, 300).replace(/\n/g, ' ')}`];
  },
  journal: ({ host }) => [`errors ${Math.floor(20 * chance('errors', host.name))}`],
  kernel: ({ host }) => {
    const running = host.faults.told['kernel-version']?.version ?? host.node.status?.nodeInfo?.kernelVersion;
    return [`running ${running ?? nodeInfoOf(host.name).kernelVersion}`, 'cmdline ro quiet'];
  },
  mounts: () => [
    '8:1 / rw,relatime ext4 /dev/nvme0n1p1',
    '8:16 /export rw,noatime xfs /dev/nvme1n1',
    '0:22 /sys/fs/cgroup rw,nosuid cgroup2 cgroup2',
  ],
  fstab: ({ host }) => {
    const entry = (what: string, state: string, rest: string) => {
      const id = (chance(what, host.name) * 2 ** 32).toString(16).slice(0, 8).padStart(8, '0');
      return `${state} UUID=${id}-4f7a-4b2e-9c1d-0a1b2c3d4e5f ${rest}`;
    };
    const fault = host.faults.told['fstab-missing'];
    return [
      'read',
      entry('root', 'present', '/ ext4 defaults'),
      entry('export', 'present', '/export xfs defaults,noatime,nofail'),
      ...(fault ? [entry('lost', 'missing', `/data xfs defaults${fault.nofail === 'true' ? ',nofail' : ''}`)] : []),
    ];
  },
  nics: ({ now, host, fault }) => {
    const errors = sinceEver(now, fault('crc-errors', 'perMinute'));
    const packets = Math.floor((now - bootOf(host)) / 4);
    return [
      'read',
      ...['eth0', 'eth1'].flatMap((nic) => [
        `nic ${nic} rx_crc_errors ${nic === 'eth0' ? errors : 0}`,
        `nic ${nic} rx_packets ${packets}`,
        `nic ${nic} carrier_changes 2`,
        `nic ${nic} speed 25000`,
        `nic ${nic} duplex full`,
        `nic ${nic} operstate up`,
      ]),
    ];
  },
  time: ({ host, clock }) => {
    const offset = host.faults.skewMs / 1000 + (chance('offset', host.name) - 0.5) * 0.004;
    const fields = ['0A400001', '10.64.0.1', '3', (clock / 1000).toFixed(9), offset.toFixed(9), '0.000010000'];
    return [
      `chrony ${[...fields, '0.000020000', '1.5', '0.001', '0.02', '0.0012', '0.0009', '64.2', 'Normal']}`,
      'sources 3',
    ];
  },
  kubelet_unit: ({ host, now, fault }) => {
    const restarts = sinceEver(now, fault('kubelet-restarts', 'perMinute'));
    const state = host.faults.silent === 'kubelet' ? 'failed' : 'active';
    return unit(state, KUBELET, restarts);
  },
  kubelet_process: (machine) => {
    if (machine.host.faults.silent === 'kubelet') return ['read', `uptime ${machine.uptime}`];
    return processOf(machine, KUBELET, 96_000, '/usr/bin/kubelet --v=2');
  },
  kubelet_health: (machine) => health(machine, machine.host.faults.silent !== 'kubelet'),
  cadvisor_unit: ({ host }) => [
    ...unit(host.faults.told['cadvisor-down'] ? 'inactive' : 'active', CADVISOR.pid, 0),
    `CPUQuotaPerSecUSec=${CADVISOR.cpu * 1000}ms`,
    `MemoryMax=${CADVISOR.memory}`,
    'MemorySwapMax=0',
  ],
  cadvisor_process: (machine) => {
    if (machine.host.faults.told['cadvisor-down']) return ['read', `uptime ${machine.uptime}`];
    return processOf(machine, CADVISOR.pid, 81_000, '/usr/bin/cadvisor --port=8080');
  },
  cadvisor_health: (machine) => health(machine, !machine.host.faults.told['cadvisor-down']),
  cadvisor_cgroup: ({ host }) => {
    if (host.faults.told['cadvisor-down']) return ['absent'];
    const lost = host.faults.told['limit-lost']?.limit;
    const place = 'v2 /sys/fs/cgroup/system.slice/cadvisor.service';
    return [
      `pid ${CADVISOR.pid}`,
      `cpu ${place}`,
      `cpu.max ${lost === 'cpu' ? 'max' : CADVISOR.cpu * 100_000} 100000`,
      `memory ${place}`,
      `memory.max ${lost === 'memory' ? 'max' : CADVISOR.memory}`,
      'memory.current 96468992',
      `memory.swap.max ${lost === 'swap' ? 'max' : 0}`,
      'memory.swap.current 0',
      'memory.stat inactive_file 12582912',
      'memory.events oom_kill 0',
    ];
  },
  agent_unit: ({ host }) => unit(host.faults.told['agent-down'] ? 'inactive' : 'active', AGENT, 0),
  agent_process: (machine) => {
    if (machine.host.faults.told['agent-down']) return ['read', `uptime ${machine.uptime}`];
    return processOf(machine, AGENT, 21_000, '/usr/bin/thor');
  },
};

/** A counter that grows by so many a minute, whenever one looks. */
function sinceEver(now: number, perMinute: number | undefined): number {
  return perMinute === undefined ? 0 : Math.floor((((now - Date.UTC(2026, 0, 1)) / MINUTE_MS) * perMinute) % 2 ** 31);
}

function threadsOf(machine: Machine): number {
  const percent = machine.fault('processes', 'percent');
  const limit = Math.min(pidMax(machine), threadsMax(machine));
  if (percent !== undefined) return Math.ceil((limit * percent) / 100);
  return 400 + machine.cores * 10 + machine.containers * THREADS_IN_CONTAINER;
}

function pidMax({ fault }: Machine): number {
  return fault('pid-max', 'value') ?? PID_MAX;
}

/** The kernel lets threads' stacks take an eighth of memory. */
function threadsMax({ memory }: Machine): number {
  return Math.floor(memory / (8 * 16 * 1024));
}

function unit(state: string, pid: number, restarts: number): string[] {
  return [
    'LoadState=loaded',
    `ActiveState=${state}`,
    `MainPID=${state === 'active' ? pid : 0}`,
    `NRestarts=${restarts}`,
    'UnitFileState=enabled',
  ];
}

/** It has run since two minutes after the host's start. */
function processOf({ uptime }: Machine, pid: number, rss: number, cmdline: string): string[] {
  const cpu = Math.floor(Number(uptime) * 0.5);
  const before = `S 1 ${pid} ${pid} 0 -1 4194560 1 1 0 0`;
  return [
    'read',
    `uptime ${uptime}`,
    `stat ${pid} ${before} ${cpu} ${Math.floor(cpu / 2)} 0 0 20 0 12 0 12000 1 1`,
    `rss ${pid} ${rss}`,
    `cmdline ${pid} ${cmdline}`,
  ];
}

function health({ uptime }: Machine, well: boolean): string[] {
  return [
    `code ${well ? '200' : '000'}`,
    `from ${uptime} to ${(Number(uptime) + 0.01).toFixed(2)}`,
    `body ${well ? 'ok' : ''}`,
  ];
}
