/** What the server tells of applications and Releases. */
export const POD_PARTS = ['new', 'rebuilding', 'starting', 'draining', 'old', 'broken', 'leaving'] as const;
export type PodPart = (typeof POD_PARTS)[number];

export interface PicturedPod {
  readonly name: string;
  readonly part: PodPart;
  readonly state: string;
  readonly revision: string;
  readonly reason: string;
  readonly ip: string | null;
  readonly host: string | null;
  readonly zone: string | null;
  readonly rack: string | null;
}

export interface Picture {
  readonly counts: Readonly<Partial<Record<PodPart, number>>>;
  readonly pods: readonly PicturedPod[];
}

export interface Spread {
  readonly zone: string;
  readonly rack: string;
  readonly pods: number;
  readonly ready: number;
  readonly hosts: number;
}

export interface ReleaseRow {
  readonly name: string;
  readonly phase: string | null;
  readonly step: string | null;
  readonly updated: string | null;
  readonly message: string | null;
  readonly createdAt: string;
}

export interface GroupFacts extends Picture {
  readonly uid: string;
  readonly replicas: number;
  readonly current: string | null;
  readonly releases: readonly ReleaseRow[];
  readonly revisions: readonly {
    readonly name: string;
    readonly revision: number;
    readonly images: string;
    readonly createdAt: string;
  }[];
}

export interface ReleaseStep {
  readonly name: string | null;
  readonly replicas: number | string | null;
  readonly pods: readonly string[];
  readonly bakeSeconds: number;
  /** Null: until somebody approves. */
  readonly pauseSeconds: number | null;
  readonly checks: readonly string[];
}

export interface ReleaseFacts {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly group: string;
  readonly createdAt: string;
  readonly phase: string;
  readonly ended: boolean;
  /** From 1; one more than there are: all Pods. */
  readonly at: number;
  readonly stepState: string | null;
  readonly paused: boolean;
  readonly message: string;
  readonly stable: string | null;
  readonly target: string | null;
  readonly updated: number;
  readonly expected: number;
  readonly replicas: number;
  readonly steps: readonly ReleaseStep[];
  readonly checks: readonly {
    readonly name: string;
    readonly successes: number;
    readonly failures: number;
    readonly message: string;
  }[];
  readonly history: readonly { readonly time: string; readonly event: string; readonly message?: string }[];
}

export interface ReleasePicture extends Picture {
  readonly release: ReleaseFacts;
}
