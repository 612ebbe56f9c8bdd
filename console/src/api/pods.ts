/** What the server tells of one Pod. */
export interface Amounts {
  readonly request: number | null;
  readonly limit: number | null;
  readonly use: number | null;
}

export interface ContainerFacts {
  readonly kind: 'init' | 'container' | 'ephemeral';
  readonly name: string;
  readonly image: string;
  readonly id: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly message: string | null;
  readonly ready: boolean;
  readonly restarts: number;
  readonly startedAt: string | null;
  readonly previous: boolean;
  readonly cpu: Amounts;
  readonly memory: Amounts;
}

export interface EventFacts {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly from: string;
  readonly at: string;
}

export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly createdAt: string;
  readonly deletedAt: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly owner: string | null;
  readonly node: string | null;
  readonly phase: string;
  readonly reason: string | null;
  readonly message: string | null;
  readonly ip: string | null;
  readonly hostIp: string | null;
  readonly qos: string | null;
  readonly conditions: readonly {
    readonly type: string;
    readonly holds: string;
    readonly reason: string;
    readonly message: string;
    readonly since: string | null;
  }[];
  readonly containers: readonly ContainerFacts[];
  readonly events: readonly EventFacts[];
}
