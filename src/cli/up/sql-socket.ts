/**
 * The door of KubeSQL and of the console that is built on it. It costs nothing until somebody knocks: the first connection starts the service, a process of its
 * own, and each connection is handed over to it. A service that ended is started again by the next one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { OidcOptions } from '../../server/index.ts';

/** Which protocol is spoken on a connection. */
export type SqlFace = 'http' | 'postgres' | 'console';

export interface SqlServiceInput {
  readonly cluster: string;
  readonly kubeconfig: string;
  readonly context?: string;
  /** Where its passwords and keys are. */
  readonly data: string;
  /** Who else may sign in to the console. Handed over in a message: it holds a secret. */
  readonly oidc?: OidcOptions;
  /** Snapshots as Parquet: for these it runs also when nobody asks. */
  readonly snapshots?: { readonly directory: string; readonly everyMs: number };
}

export type ToSqlService =
  | { readonly kind: 'start'; readonly input: SqlServiceInput }
  | { readonly kind: 'connection'; readonly face: SqlFace };

export interface SqlDoorOptions {
  readonly input: SqlServiceInput;
  readonly log: Writable;
  /** Also speak PostgreSQL's protocol on this port of the loopback. */
  readonly port?: number;
}

const MAIN = fileURLToPath(new URL('./sql-main.ts', import.meta.url));

export function sqlSocketOf(dir: string): string {
  return join(dir, 'sql.sock');
}

export function consoleSocketOf(dir: string): string {
  return join(dir, 'console.sock');
}

export class SqlDoor {
  readonly #o: SqlDoorOptions;
  readonly #servers: Server[] = [];
  #service: ChildProcess | undefined;

  constructor(options: SqlDoorOptions) {
    this.#o = options;
  }

  async open(): Promise<void> {
    const { data } = this.#o.input;
    await this.#listenAt(sqlSocketOf(data), 'http');
    await this.#listenAt(consoleSocketOf(data), 'console');
    if (this.#o.input.snapshots) this.#running();
    if (this.#o.port !== undefined) await this.#listen('postgres', { port: this.#o.port, host: '127.0.0.1' });
  }

  async close(): Promise<void> {
    for (const server of this.#servers) server.close();
    const service = this.#service;
    this.#service = undefined;
    if (service && service.exitCode === null && service.signalCode === null) {
      service.kill('SIGTERM');
      await once(service, 'exit');
    }
    const { data } = this.#o.input;
    for (const path of [sqlSocketOf(data), consoleSocketOf(data)]) rmSync(path, { force: true });
  }

  async #listenAt(path: string, face: SqlFace): Promise<void> {
    rmSync(path, { force: true });
    await this.#listen(face, { path });
    chmodSync(path, 0o600);
  }

  async #listen(face: SqlFace, at: { path: string } | { port: number; host: string }): Promise<void> {
    const server = createServer({ pauseOnConnect: true }, (socket) => this.#handOver(face, socket));
    server.listen(at);
    await once(server, 'listening');
    this.#servers.push(server);
  }

  #handOver(face: SqlFace, socket: Socket): void {
    socket.on('error', () => undefined);
    const message: ToSqlService = { kind: 'connection', face };
    this.#running().send(message, socket, { keepOpen: false }, (error) => {
      if (error) socket.destroy();
    });
  }

  #running(): ChildProcess {
    if (this.#service?.connected) return this.#service;
    const service = fork(MAIN, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
    service.stdout?.pipe(this.#o.log, { end: false });
    service.stderr?.pipe(this.#o.log, { end: false });
    service.on('error', (error) => this.#o.log.write(`${JSON.stringify({ part: 'sql', msg: String(error) })}\n`));
    service.send({ kind: 'start', input: this.#o.input } satisfies ToSqlService);
    this.#service = service;
    return service;
  }
}
