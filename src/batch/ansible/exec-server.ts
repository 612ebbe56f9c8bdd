/**
 * Runs commands in Pods for others on this machine, over a unix socket that only its owner may open: one process and its
 * connections instead of a program for each command. Each request is one line of JSON, and so is each answer.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Transport } from '../target.ts';

export interface ExecServerOptions {
  readonly socket: string;
  readonly transport: Transport;
  /** Commands at once. @default 200 */
  readonly concurrency?: number;
  /** Ends by itself when nobody has asked for so long. @default never */
  readonly idleMs?: number;
  readonly signal: AbortSignal;
}

const REQUEST = z.object({
  namespace: z.string().min(1),
  pod: z.string().min(1),
  container: z.string().optional(),
  command: z.array(z.string()).min(1),
  /** Base64. */
  stdin: z.string().optional(),
  timeoutMs: z.number().positive().default(3_600_000),
});
type Request = z.infer<typeof REQUEST>;

/** Resolves when it listens; `ended` resolves when it does so no longer. */
export async function serveExec(options: ExecServerOptions): Promise<{ readonly ended: Promise<void> }> {
  const server = new ExecServer(options);
  await server.listen();
  return { ended: server.ended };
}

class ExecServer {
  readonly #o: ExecServerOptions;
  readonly #server = createServer((socket) => void this.#serve(socket));
  readonly #ended = Promise.withResolvers<void>();
  readonly #sockets = new Set<Socket>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: ExecServerOptions) {
    this.#o = options;
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  async listen(): Promise<void> {
    const { socket, signal } = this.#o;
    rmSync(socket, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socket, resolve);
    });
    chmodSync(socket, 0o600);
    signal.addEventListener('abort', () => this.#close(), { once: true });
    this.#rest();
  }

  #close(): void {
    clearTimeout(this.#idle);
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close(() => this.#ended.resolve());
  }

  #rest(): void {
    clearTimeout(this.#idle);
    if (this.#o.idleMs === undefined) return;
    this.#idle = setTimeout(
      () => (this.#running === 0 && this.#sockets.size === 0 ? this.#close() : this.#rest()),
      this.#o.idleMs,
    );
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    const gone = new AbortController();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      gone.abort(new Error('the asker has gone'));
    });
    for await (const line of createInterface({ input: socket })) {
      const answer = await this.#answer(line, gone.signal);
      if (!socket.destroyed) socket.write(`${JSON.stringify(answer)}\n`);
    }
  }

  async #answer(line: string, gone: AbortSignal): Promise<object> {
    this.#rest();
    try {
      const request = REQUEST.parse(JSON.parse(line));
      return await this.#inTurn(() => this.#run(request, gone));
    } catch (error) {
      return { unreachable: error instanceof Error ? error.message : String(error) };
    }
  }

  async #run({ namespace, pod, container, command, stdin, timeoutMs }: Request, gone: AbortSignal): Promise<object> {
    const target = { name: pod, kind: 'pod' as const, namespace, pod, labels: {}, ...(container && { container }) };
    const signal = AbortSignal.any([gone, this.#o.signal, AbortSignal.timeout(timeoutMs)]);
    const input = stdin === undefined ? {} : { stdin: Buffer.from(stdin, 'base64') };
    const { rc, stdout, stderr } = await this.#o.transport.run(target, { command, timeoutMs, signal, ...input });
    return { rc, stdout: Buffer.from(stdout).toString('base64'), stderr: Buffer.from(stderr).toString('base64') };
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= (this.#o.concurrency ?? 200))
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
      this.#rest();
    }
  }
}
