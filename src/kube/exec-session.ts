/** A command running in a container, spoken to over a WebSocket (`v5.channel.k8s.io`). */

import type { ClientOptions } from 'ws';
import { ByteStream } from './byte-stream.ts';
import type { ClusterTarget } from './cluster-target.ts';
import { ConnectionError } from './connection-error.ts';
import { refusalOf } from './refusal.ts';
import { type Status, StatusError } from './status.ts';

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
  /** Closes stdin. Servers of `v4.channel.k8s.io` cannot be told. */
  end(): void;
  resize(columns: number, rows: number): void;
  /** The exit code; rejects when the command could not be run or the connection broke. */
  readonly exitCode: Promise<number>;
  close(): void;
}

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
const CLOSE = 255;

type Headers = Readonly<Record<string, string | string[]>>;

export async function openExec(
  target: ClusterTarget,
  path: string,
  headers: Headers,
  o: ExecOptions,
): Promise<ExecSession> {
  const { WebSocket } = await import('ws');
  o.signal?.throwIfAborted();
  const { tls } = target;
  const socket = new WebSocket(execUrl(target, path, o), ['v5.channel.k8s.io', 'v4.channel.k8s.io'], {
    headers,
    ca: tls?.ca,
    cert: tls?.cert,
    key: tls?.key,
    servername: tls?.serverName,
    rejectUnauthorized: !tls?.insecure,
    perMessageDeflate: false,
  } as ClientOptions);
  const session = attach(socket, path, o.signal);
  await opened(socket, path, o.signal);
  return session;
}

type Socket = import('ws').WebSocket;

function execUrl(target: ClusterTarget, path: string, o: ExecOptions): string {
  const query = new URLSearchParams({ stdout: 'true', stderr: String(!o.tty), stdin: String(o.stdin ?? false) });
  if (o.tty) query.set('tty', 'true');
  if (o.container) query.set('container', o.container);
  for (const word of o.command) query.append('command', word);
  return `${target.server.replace(/^http/, 'ws')}${path}?${query}`;
}

/** Refusals come as ordinary HTTP answers to the upgrade. */
function opened(socket: Socket, path: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', (error) => reject(signal?.aborted ? signal.reason : new ConnectionError('GET', path, error)));
    socket.once('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        reject(refusalOf({ status: response.statusCode ?? 500, headers: {}, body: Buffer.concat(chunks) })),
      );
    });
  });
}

function attach(socket: Socket, path: string, signal: AbortSignal | undefined): ExecSession {
  const flow = { pause: () => socket.pause(), resume: () => socket.resume(), abort: () => {} };
  const streams = [new ByteStream(flow), new ByteStream(flow)] as const;
  const exit = Promise.withResolvers<number>();
  exit.promise.catch(() => {});
  socket.on('message', (data: Buffer) => {
    const [channel, payload] = [data[0], data.subarray(1)];
    if (channel === STDOUT || channel === STDERR) streams[channel - 1]!.push(payload);
    else if (channel === ERROR) settle(exit, payload);
  });
  socket.on('error', (error) => exit.reject(signal?.aborted ? signal.reason : new ConnectionError('GET', path, error)));
  const abort = () => socket.terminate();
  signal?.addEventListener('abort', abort, { once: true });
  socket.on('close', () => {
    signal?.removeEventListener('abort', abort);
    for (const stream of streams) stream.finish();
    const broken = new ConnectionError('GET', path, new Error('the connection closed before the command ended'));
    exit.reject(signal?.aborted ? signal.reason : broken);
  });
  return {
    stdout: streams[0],
    stderr: streams[1],
    exitCode: exit.promise,
    write: (data) => socket.send(frame(STDIN, Buffer.from(data as string))),
    end: () => socket.protocol === 'v5.channel.k8s.io' && socket.send(Buffer.of(CLOSE, STDIN)),
    resize: (Width, Height) => socket.send(frame(RESIZE, Buffer.from(JSON.stringify({ Width, Height })))),
    close: () => socket.close(),
  };
}

function frame(channel: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.of(channel), payload]);
}

/** The error channel carries one Status: Success, or NonZeroExitCode with the code among its causes. */
function settle(exit: PromiseWithResolvers<number>, payload: Buffer): void {
  const status = JSON.parse(payload.toString('utf8')) as Status;
  const code = status.details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message;
  if (status.status === 'Success') exit.resolve(0);
  else if (status.reason === 'NonZeroExitCode' && code !== undefined) exit.resolve(Number(code));
  else exit.reject(new StatusError(status));
}
