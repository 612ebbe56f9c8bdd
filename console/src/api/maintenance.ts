/** What the server tells of maintenance. */
export interface Meaning {
  readonly kind: 'host' | 'pod' | 'bmc' | 'historic' | 'service';
  readonly host: string;
  readonly text: string;
}

export interface Cause {
  readonly reason: string;
  readonly confidence: number;
  readonly evidence: string;
  readonly repair?: string;
  readonly drain: boolean;
}

export interface Repair {
  readonly name: string;
  readonly text: string;
  readonly drain: boolean;
  readonly approval: boolean;
}

export interface Wish {
  readonly host: string;
  readonly address: string;
  readonly kind: 'planned' | 'emergency';
  readonly reason: string;
  readonly repair?: string;
  readonly emptyDir?: boolean;
  readonly healthyMinutes?: number;
}

export interface AffectedApplication {
  readonly application: string;
  readonly namespace: string;
  readonly owner: string;
  readonly pods: number;
  readonly replicas: number;
}

export interface Preview {
  readonly drain: boolean;
  readonly impact: {
    readonly pods: readonly { readonly pod: string; readonly act: string; readonly application: string }[];
    readonly applications: readonly AffectedApplication[];
    readonly blockers: readonly string[];
    readonly estimateMs: number;
  };
  readonly refusals: readonly string[];
  readonly approvals: readonly string[];
}

export interface Operation {
  readonly id: string;
  readonly host: string;
  readonly kind: 'planned' | 'emergency';
  readonly reason: string;
  readonly repair?: string;
  readonly state: 'awaiting-approval' | 'running' | 'blocked' | 'aborting' | 'succeeded' | 'aborted' | 'failed';
  readonly step: string;
  readonly requestedBy: string;
  readonly approvedBy?: string;
  readonly createdAt: number;
  readonly endedAt?: number;
  readonly result?: string;
  readonly blockade?: { readonly reason: string; readonly choices: readonly string[] };
  readonly steps: readonly {
    readonly step: string;
    readonly startedAt: number;
    readonly endedAt?: number;
    readonly outcome?: string;
  }[];
}

export interface LogLine {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly step: string;
  readonly text: string;
}
