/** The faults in force, and what together they do to one host or one Pod. */
import type { Pod } from '../kube/index.ts';
import { type Fault, isPast } from './fault.ts';
import { FAULT_KINDS, faultParameter, isTold, type ToldFault } from './fault-kind.ts';
import { RACK } from './names.ts';
import { NO_FAULTS, type PodFaults } from './world.ts';

/** What matters of a host. */
export interface FaultHost {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What the faults do to one host. */
export interface HostFaults {
  /** `host`: dead to the world; `kubelet`: only nobody reports. */
  readonly silent: 'host' | 'kubelet' | undefined;
  readonly diskFull: boolean;
  readonly evictMs: number;
  readonly skewMs: number;
  /** Faults that show only in what the host tells of itself, with their parameters. */
  readonly told: Readonly<Partial<Record<ToldFault, Readonly<Record<string, string>>>>>;
}

export const NO_HOST_FAULTS: HostFaults = { silent: undefined, diskFull: false, evictMs: 0, skewMs: 0, told: {} };

export function strikesHost(fault: Fault, host: FaultHost): boolean {
  const { hosts, rack } = fault.target;
  if (hosts && !hosts.includes(host.name)) return false;
  if (rack && host.labels[RACK] !== rack) return false;
  return fault.hostSelector?.matches(host.labels) ?? true;
}

export function strikesPod(fault: Fault, pod: Pod, host: FaultHost): boolean {
  const { namespace, pods } = fault.target;
  if (namespace && pod.metadata.namespace !== namespace) return false;
  if (pods && !pods.includes(pod.metadata.name)) return false;
  if (fault.podSelector && !fault.podSelector.matches(pod.metadata.labels)) return false;
  return strikesHost(fault, host);
}

export function hostFaults(faults: readonly Fault[], host: FaultHost, now: number): HostFaults {
  if (faults.length === 0) return NO_HOST_FAULTS;
  const mine = faults.filter((fault) => !isPast(fault, now) && strikesHost(fault, host));
  const of = (...kinds: string[]) => mine.filter((fault) => kinds.includes(fault.kind));
  const full = of('disk-full');
  return {
    silent:
      of('host-silent', 'rack-down').length > 0 ? 'host' : of('kubelet-silent').length > 0 ? 'kubelet' : undefined,
    diskFull: full.length > 0,
    evictMs: Math.max(0, ...full.map((fault) => 1000 * Number(faultParameter(fault, 'evictSeconds')))),
    skewMs: of('clock-skew').reduce((sum, fault) => sum + 1000 * Number(faultParameter(fault, 'seconds')), 0),
    told: Object.fromEntries(
      mine.filter((fault) => isTold(fault.kind)).map((fault) => [fault.kind, parametersOf(fault)]),
    ),
  };
}

function parametersOf(fault: Fault): Record<string, string> {
  const names = Object.keys(FAULT_KINDS[fault.kind].parameters);
  return Object.fromEntries(names.map((name) => [name, faultParameter(fault, name)]));
}

export function podFaults(faults: readonly Fault[], pod: Pod, host: FaultHost, now: number): PodFaults {
  if (faults.length === 0) return NO_FAULTS;
  const mine = faults.filter((fault) => !isPast(fault, now) && strikesPod(fault, pod, host));
  if (mine.length === 0) return NO_FAULTS;
  const on = (kind: string, container: string) =>
    mine.filter((f) => f.kind === kind && (f.target.container ?? container) === container);
  return {
    slowStartMs: mine
      .filter((fault) => fault.kind === 'slow-start')
      .reduce((sum, fault) => sum + 1000 * Number(faultParameter(fault, 'seconds')), 0),
    pullFailure: (image) => pullFailure(mine, image),
    probeFails: (probe, container) =>
      on('probe-failure', container).some((fault) => faultParameter(fault, 'probe') === probe),
    crash: (container) => crashOf(on('crash', container)[0]),
  };
}

function crashOf(fault: Fault | undefined): { exitCode: number; afterMs: number } | undefined {
  if (!fault) return undefined;
  const exitCode = Math.min(255, Number(faultParameter(fault, 'exitCode')));
  return { exitCode, afterMs: 1000 * Number(faultParameter(fault, 'seconds')) };
}

function pullFailure(faults: readonly Fault[], image: string): string | undefined {
  const fault = faults.find((f) => f.kind === 'image-pull-failure' && globMatches(f.target.image ?? '*', image));
  if (!fault) return undefined;
  return `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": ${faultParameter(fault, 'message')}`;
}

/** `*` stands for any run of characters, also `/` and none. */
export function globMatches(glob: string, text: string): boolean {
  const pattern = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`).test(text);
}
