/** The kinds of faults, what each does, and what may be said of it. */
import type { FaultTarget } from './fault.ts';

export interface FaultParameter {
  readonly pattern: RegExp;
  readonly expected: string;
  readonly default: string;
  readonly text: string;
}

export interface FaultKindInfo {
  readonly text: string;
  readonly aims: readonly (keyof FaultTarget)[];
  readonly needs: readonly (keyof FaultTarget)[];
  readonly parameters: Readonly<Record<string, FaultParameter>>;
}

const HOSTS = ['hosts', 'hostSelector', 'rack'] as const;
const PODS = [...HOSTS, 'namespace', 'podSelector', 'pods', 'container'] as const;

const seconds = (preset: string, text: string): FaultParameter => ({
  pattern: /^\d+(\.\d+)?$/,
  expected: 'a number of seconds',
  default: preset,
  text,
});

const share = (preset: string, text: string): FaultParameter => ({
  pattern: /^\d{1,3}(\.\d+)?$/,
  expected: 'a number of percent',
  default: preset,
  text,
});

const rate = (preset: string, text: string): FaultParameter => ({
  pattern: /^\d+(\.\d+)?$/,
  expected: 'a number a minute',
  default: preset,
  text,
});

/** Faults that change nothing but what a host tells of itself. */
const TOLD = {
  processes: {
    text: 'threads fill the host up to a share of its limit',
    parameters: { percent: share('72', 'of the limit of threads') },
  },
  'disk-usage': {
    text: '/export is filled up to a share',
    parameters: { percent: share('86', 'of the space that is not kept for root') },
  },
  'memory-usage': { text: 'memory is used up to a share', parameters: { percent: share('92', 'of all memory') } },
  'high-load': {
    text: 'the load is high',
    parameters: {
      perCore: { pattern: /^\d+(\.\d+)?$/, expected: 'a number', default: '3', text: 'processes a core' },
    },
  },
  conntrack: {
    text: 'the table of connections fills, and drops what it cannot hold',
    parameters: { percent: share('92', 'of the table'), drops: rate('0', 'connections dropped a minute') },
  },
  'crc-errors': {
    text: 'a data port receives broken frames',
    parameters: { perMinute: rate('20', 'errors a minute') },
  },
  'file-handles': { text: 'file handles are used up to a share', parameters: { percent: share('85', 'of all') } },
  'pid-max': {
    text: 'kernel.pid_max is small',
    parameters: { value: { pattern: /^\d+$/, expected: 'a number', default: '32768', text: 'the value' } },
  },
  'fstab-missing': {
    text: 'fstab names a disk that is not there',
    parameters: {
      nofail: { pattern: /^(true|false)$/, expected: 'true or false', default: 'false', text: 'may the boot go on' },
    },
  },
  'kernel-error': {
    text: 'the kernel logs an error, a minute ago',
    parameters: {
      line: { pattern: /./, expected: 'a text', default: 'XFS (sdb1): Filesystem has been shut down', text: 'it says' },
    },
  },
  'kernel-version': {
    text: 'another kernel runs',
    parameters: { version: { pattern: /./, expected: 'a version', default: '3.10.0-327.el7', text: 'which' } },
  },
  'limit-lost': {
    text: 'cadvisor has lost a limit, as after a daemon-reload',
    parameters: {
      limit: { pattern: /^(cpu|memory|swap)$/, expected: 'cpu, memory or swap', default: 'cpu', text: 'which' },
    },
  },
  'cadvisor-down': { text: 'cadvisor does not run', parameters: {} },
  'agent-down': { text: 'the agent (thor) does not run', parameters: {} },
  'kubelet-restarts': {
    text: 'the kubelet ends and is started again and again',
    parameters: { perMinute: rate('1', 'restarts a minute') },
  },
} as const satisfies Record<string, Pick<FaultKindInfo, 'text' | 'parameters'>>;

export type ToldFault = keyof typeof TOLD;

function onHosts(kinds: typeof TOLD): Record<ToldFault, FaultKindInfo> {
  const rows = Object.entries(kinds).map(([name, kind]) => [name, { ...kind, aims: HOSTS, needs: [] }]);
  return Object.fromEntries(rows) as Record<ToldFault, FaultKindInfo>;
}

export function isTold(kind: FaultKind): kind is ToldFault {
  return Object.hasOwn(TOLD, kind);
}

const KINDS = {
  'host-silent': {
    text: 'the host is dead to the world: no lease, no status, its Pods stand still',
    aims: HOSTS,
    needs: [],
    parameters: {},
  },
  'kubelet-silent': {
    text: 'the kubelet has died: its containers run on, but nobody reports, starts or stops them',
    aims: HOSTS,
    needs: [],
    parameters: {},
  },
  'rack-down': {
    text: 'every host of the rack is dead to the world',
    aims: ['rack'],
    needs: ['rack'],
    parameters: {},
  },
  'disk-full': {
    text: 'DiskPressure: best-effort Pods are evicted one by one and new Pods are refused',
    aims: HOSTS,
    needs: [],
    parameters: { evictSeconds: seconds('10', 'time between two evictions; 0 evicts none') },
  },
  'clock-skew': {
    text: 'the clock of the host is wrong in all it writes',
    aims: HOSTS,
    needs: [],
    parameters: {
      seconds: {
        pattern: /^-?\d+(\.\d+)?$/,
        expected: 'a number of seconds, negative for a slow clock',
        default: '300',
        text: 'by how much',
      },
    },
  },
  'slow-start': {
    text: 'containers take longer to start',
    aims: PODS,
    needs: [],
    parameters: { seconds: seconds('60', 'added to each start') },
  },
  'image-pull-failure': {
    text: 'images cannot be pulled: ErrImagePull, then ImagePullBackOff',
    aims: [...PODS, 'image'],
    needs: [],
    parameters: {
      message: { pattern: /./, expected: 'a text', default: 'not found', text: 'what the registry says' },
    },
  },
  'probe-failure': {
    text: 'probes fail, of those containers that have them',
    aims: PODS,
    needs: [],
    parameters: {
      probe: {
        pattern: /^(startup|readiness|liveness)$/,
        expected: 'startup, readiness or liveness',
        default: 'readiness',
        text: 'which',
      },
    },
  },
  crash: {
    text: 'containers end by themselves soon after they have started',
    aims: PODS,
    needs: [],
    parameters: {
      exitCode: { pattern: /^\d{1,3}$/, expected: 'a number from 0 to 255', default: '1', text: 'with which code' },
      seconds: seconds('2', 'after how long'),
    },
  },
  ...onHosts(TOLD),
} as const satisfies Record<string, FaultKindInfo>;

export type FaultKind = keyof typeof KINDS;
export const FAULT_KINDS: Readonly<Record<FaultKind, FaultKindInfo>> = KINDS;

export function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(KINDS, text);
}

/** The parameter as given, else its default. */
export function faultParameter(
  fault: { kind: FaultKind; parameters: Readonly<Record<string, string>> },
  name: string,
): string {
  return fault.parameters[name] ?? FAULT_KINDS[fault.kind].parameters[name]?.default ?? '';
}
