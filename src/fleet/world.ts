/** What a simulated kubelet sees beyond its Pods: its host, the objects Pods refer to, and the faults that afflict it. */
import type { Pod } from '../kube/index.ts';
import type { AddressBlock } from './address-block.ts';
import type { Amounts } from './amounts.ts';
import type { NetworkKeeper } from './pod-network.ts';

/** The host as its Pods see it. */
export interface HostPlace {
  readonly name: string;
  readonly address: string;
  readonly addresses: AddressBlock;
  /** Full names of the images that are on its disk. */
  readonly images: Set<string>;
  readonly allocatable: Readonly<Record<string, string>>;
  readonly diskPressure: boolean;
  /** What the host has granted to all Pods but the one of this uid. */
  granted(except: string): Amounts;
}

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

/** What the faults in force do to one Pod. */
export interface PodFaults {
  /** Why this image cannot be pulled. */
  pullFailure(image: string): string | undefined;
  probeFails(probe: ProbeKind, container: string): boolean;
  /** Milliseconds added to each container's start. */
  readonly slowStartMs: number;
  crash(container: string): { readonly exitCode: number; readonly afterMs: number } | undefined;
}

export interface World {
  /** The keys of a ConfigMap or Secret; undefined when there is none of that name. */
  keys(kind: 'ConfigMap' | 'Secret', namespace: string, name: string): ReadonlySet<string> | undefined;
  claim(namespace: string, name: string): 'missing' | 'pending' | 'bound';
  faults(pod: Pod, host: HostPlace): PodFaults;
  /** Where Pods get addresses that are not of their host's block; absent: all are. */
  readonly network?: WorldNetwork;
}

export type WorldNetwork = Pick<NetworkKeeper, 'state' | 'ips' | 'found' | 'ask' | 'letGo'>;

export const NO_FAULTS: PodFaults = {
  pullFailure: () => undefined,
  probeFails: () => false,
  slowStartMs: 0,
  crash: () => undefined,
};
