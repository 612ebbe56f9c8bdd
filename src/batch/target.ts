/** What a command is run on: a container of a Pod, or a host. */

export interface Target {
  /** As it is printed; unlike every other target of a job. */
  readonly name: string;
  readonly kind: 'pod' | 'host';
  /** Of a Pod. */
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  /** Of a host. */
  readonly address?: string;
  /** The host it is, or is on. */
  readonly host?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly rack?: string;
  readonly zone?: string;
}

/** How a command ended on one target. Not reached is not failed: nothing is known of what it would have said. */
export type Outcome =
  | {
      readonly kind: 'ok' | 'failed';
      readonly rc: number;
      readonly stdout: string;
      readonly stderr: string;
      readonly ms: number;
    }
  | { readonly kind: 'unreachable'; readonly message: string; readonly ms: number }
  | { readonly kind: 'skipped'; readonly message: string };

export interface RunRequest {
  readonly command: readonly string[];
  readonly stdin?: string | Uint8Array;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly rc: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** A way to targets. Rejects when the target could not be reached or the command not be begun. */
export interface Transport {
  readonly name: string;
  run(target: Target, request: RunRequest): Promise<RunResult>;
  /** Lets go of what it holds. */
  close?(): void;
}
