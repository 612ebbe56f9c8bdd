/** A command running in a container, spoken to over a WebSocket (`v5.channel.k8s.io`). */

export interface ExecOptions {
  namespace: string;
  command: readonly string[];
  container?: string;
  /** Will stdin be written? @default false */
  stdin?: boolean;
  tty?: boolean;
  signal?: AbortSignal;
}

export interface ExecSession {
  readonly stdout: AsyncIterable<Uint8Array>;
  readonly stderr: AsyncIterable<Uint8Array>;
  write(data: Uint8Array | string): void;
  /** Closes stdin. */
  end(): void;
  resize(columns: number, rows: number): void;
  /** The exit code; rejects when the command could not be run or the connection broke. */
  readonly exitCode: Promise<number>;
  close(): void;
}
