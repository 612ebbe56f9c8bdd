/** What the server tells of hosts beyond the list: racks, and the life of one. */
import type { Level } from './inspection.ts';

export const STATUSES = [
  'registered',
  'initializing',
  'testing',
  'ready',
  'suspect',
  'cordoned',
  'draining',
  'maintenance',
  'recovering',
  'faulty',
  'offline',
  'retired',
] as const;
export type Status = (typeof STATUSES)[number];

export interface RackedHost {
  readonly name: string;
  readonly ready: boolean;
  readonly cordoned: boolean;
  readonly status: string;
  readonly cpuShare: number;
  readonly memoryShare: number;
  readonly podShare: number;
}

export interface Rack {
  readonly zone: string;
  readonly rack: string;
  readonly hosts: readonly RackedHost[];
}

export interface RackPage {
  readonly items: readonly Rack[];
  readonly zones: readonly { readonly zone: string; readonly racks: number; readonly hosts: number }[];
  /** Hosts without an entry are healthy, or have not been inspected. */
  readonly levels: Readonly<Record<string, Level>>;
}

export interface HostLife {
  readonly status: Status;
  readonly version: number;
  readonly since: number;
  readonly actor: string;
  readonly reason: string;
  readonly operation?: string;
  readonly pinned: boolean;
}

export interface HostBookPage {
  readonly state: HostLife | null;
  readonly inventory: {
    readonly bmcIp?: string;
    readonly serial?: string;
    readonly owner?: string;
  } | null;
}

export interface Transition {
  readonly id: number;
  readonly at: number;
  readonly from?: Status;
  readonly to: Status;
  readonly actor: string;
  readonly reason: string;
  readonly operation?: string;
}

export interface Verdict {
  readonly at: number;
  readonly verdict: 'Ready' | 'Suspect' | 'NodeDown' | 'AgentDown' | 'PathDown' | 'ControlPlaneBlind';
  readonly blind?: string;
  readonly evidence: readonly {
    readonly witness: 'lease' | 'kubelet' | 'agent' | 'peer';
    readonly says: 'alive' | 'dead' | 'unknown';
    readonly detail: string;
    readonly at: number;
  }[];
}

export interface HostInspection {
  readonly run: { readonly id: number; readonly startedAt: number };
  readonly counts: Readonly<Record<Level, number>>;
  readonly findings: readonly {
    readonly check: string;
    readonly level: Level;
    readonly name: string;
    readonly message: string;
  }[];
}
