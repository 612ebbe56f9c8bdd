/** What the server tells of commands on many targets. */
export const OUTCOMES = ['ok', 'failed', 'unreachable', 'skipped'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface BatchJob {
  readonly id: string;
  readonly createdAt: number;
  readonly endedAt?: number;
  readonly actor: string;
  readonly selector: string;
  readonly command: string;
  readonly state: 'running' | 'paused' | 'ended' | 'lost';
  readonly targets: number;
  readonly stopped?: string;
}

export interface BatchJobPage {
  readonly job: BatchJob;
  readonly counts: Readonly<Record<Outcome, number>>;
}

export interface BatchResult {
  readonly target: string;
  readonly host: string | null;
  readonly kind: Outcome;
  readonly rc: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly message: string;
  readonly ms: number;
}

export interface BatchWish {
  readonly selector: string;
  readonly namespace?: string;
  readonly command: string;
  readonly staged: boolean;
  readonly concurrency: number;
  readonly mostFailures?: number;
  readonly timeoutSeconds: number;
  readonly allowDangerous?: boolean;
}

export interface BatchPreview {
  readonly command: string;
  readonly danger?: string;
  readonly targets: number;
  readonly mostFailures: number;
  readonly stages: readonly {
    readonly targets: number;
    readonly first: readonly { readonly target: string; readonly host: string | null }[];
  }[];
}
