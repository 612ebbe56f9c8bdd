/** What the server tells of scheduling. */

export interface Fit {
  /** Cores. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** Pods of this size that would still find a host. */
  readonly fits: number;
  readonly hosts: number;
  /** Left over on hosts after that. */
  readonly lostCpu: number;
  readonly lostMemory: number;
}

export interface FitPage {
  readonly free: {
    readonly hosts: number;
    readonly cpu: number;
    readonly memory: number;
    readonly mostCpu: number;
    readonly mostMemory: number;
  };
  readonly items: readonly Fit[];
}

export interface ExplanationPage {
  readonly pod: string;
  readonly hosts: number;
  readonly everywhere: readonly string[];
  readonly reasons: readonly { readonly reason: string; readonly hosts: number }[];
  readonly fits: number;
  readonly fit: readonly {
    readonly node: string;
    readonly total: number;
    readonly scores: readonly { readonly plugin: string; readonly normalized: number; readonly weight: number }[];
  }[];
  readonly refused: readonly { readonly node: string; readonly reasons: readonly string[] }[];
}
