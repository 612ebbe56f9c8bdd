/** The repairs that may be done without a person at the machine. Nothing that is not in this table is ever run. */

export interface Repair {
  readonly text: { readonly zh: string; readonly en: string };
  /** Must the host be empty first? */
  readonly drain: boolean;
  /** Must a second person agree? */
  readonly approval: boolean;
  readonly command: readonly string[];
  readonly timeoutMs: number;
  /** Does the way to the host end with it? Then the inspection afterwards tells whether it was done. */
  readonly endsHost?: boolean;
}

const MINUTE = 60_000;

export const REPAIRS = {
  'restart-kubelet': {
    text: { zh: '重启 kubelet', en: 'restart the kubelet' },
    drain: false,
    approval: false,
    command: ['systemctl', 'restart', 'kubelet'],
    timeoutMs: 2 * MINUTE,
  },
  'restart-runtime': {
    text: { zh: '重启容器运行时', en: 'restart the container runtime' },
    drain: true,
    approval: false,
    command: ['systemctl', 'restart', 'containerd'],
    timeoutMs: 2 * MINUTE,
  },
  'restart-cadvisor': {
    text: { zh: '重启 cadvisor（并重新应用其限制）', en: 'restart cadvisor, and with it its limits' },
    drain: false,
    approval: false,
    command: ['systemctl', 'restart', 'cadvisor'],
    timeoutMs: MINUTE,
  },
  'restart-agent': {
    text: { zh: '重启 thor', en: 'restart the agent' },
    drain: false,
    approval: false,
    command: ['systemctl', 'restart', 'thor'],
    timeoutMs: MINUTE,
  },
  'resync-time': {
    text: { zh: '校正时间', en: 'set the clock right' },
    drain: false,
    approval: false,
    command: ['chronyc', 'makestep'],
    timeoutMs: MINUTE,
  },
  'fix-limits': {
    text: { zh: '恢复 pid_max 与 conntrack 基线', en: 'set pid_max and conntrack to their baseline' },
    drain: false,
    approval: false,
    command: ['sysctl', '-w', 'kernel.pid_max=4194304', 'net.netfilter.nf_conntrack_max=1048576'],
    timeoutMs: MINUTE,
  },
  'clean-disk': {
    text: { zh: '清理 /export（镜像与旧日志）', en: 'clean /export of unused images' },
    drain: false,
    approval: false,
    command: ['crictl', 'rmi', '--prune'],
    timeoutMs: 10 * MINUTE,
  },
  remount: {
    text: { zh: '重新挂载 fstab', en: 'mount what fstab names' },
    drain: true,
    approval: false,
    command: ['mount', '-a'],
    timeoutMs: MINUTE,
  },
  reboot: {
    text: { zh: '重启主机', en: 'reboot the host' },
    drain: true,
    approval: true,
    command: ['systemctl', 'reboot'],
    timeoutMs: 15 * MINUTE,
    endsHost: true,
  },
} as const satisfies Record<string, Repair>;
export type RepairName = keyof typeof REPAIRS;

/** Tried so often at most in one operation. */
export const MOST_REPAIRS = 2;

export function isRepair(name: string | undefined): name is RepairName {
  return name !== undefined && Object.hasOwn(REPAIRS, name);
}

export function repairNamed(name: RepairName): Repair {
  return REPAIRS[name];
}

export interface CommandResult {
  readonly code: number;
  readonly output: string;
}

/** `not-reached`: nothing was run. `cut-off` and `late`: it has begun, and nobody knows how it ended. */
export class RepairError extends Error {
  readonly kind: 'not-reached' | 'cut-off' | 'late';

  constructor(kind: RepairError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** Where repairs are done: the way to the hosts. */
export interface RepairShop {
  /** Runs exactly this command. @throws RepairError */
  run(host: string, command: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<CommandResult>;
}
