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
