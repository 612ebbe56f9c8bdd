/**
 * Carries requests to an API server and knows nothing of Kubernetes.
 *
 * Short requests and streams (watches, logs) have a pool each, so that a thousand watches never stand in front of a
 * write, and so that streams may open as many connections as the server's limit of streams a connection demands.
 */

import type { Dispatcher, Pool } from 'undici';
import { ByteStream } from './byte-stream.ts';
import type { ClusterTarget } from './cluster-target.ts';

export interface TransportRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** The answer may begin whenever it likes, as the log of a silent container does. */
  readonly patient?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface StreamedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** The connection seems dead: nothing new is to be sent on it. */
  readonly retire: () => void;
}

/**
 * Every fault of the connection rejects with the underlying error; an abort rejects with the signal's reason. Closing
 * ends streams at once and lets short requests end by themselves.
 */
export interface Transport {
  send(request: TransportRequest): Promise<Answer>;
  stream(request: TransportRequest): Promise<StreamedAnswer>;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Connections for short requests at most; streams open their own. */
  readonly connections: number;
  readonly http2: boolean;
  /** A short request without an answer for so long has failed. */
  readonly timeoutMs: number;
  /** Streams on one HTTP/2 connection; the server may allow fewer. */
  readonly streamsPerConnection: number;
}

export function createTransport(target: ClusterTarget, options: TransportOptions): Transport {
  const { connections, timeoutMs: bodyTimeout } = options;
  const short = renewable(() => lazyPool(target, options, { connections, bodyTimeout }));
  const long = renewable(() => lazyPool(target, options, { bodyTimeout: 0 }));
  const { origin, pathname } = new URL(target.server);
  const base: Base = { origin, prefix: pathname.replace(/\/$/, '') };
  const closing = new AbortController();
  const ended: Receiver<Omit<StreamedAnswer, 'retire'>> = (resolve, reject) =>
    abortable(pipe(resolve, reject), closing.signal, reject);
  let closed: Promise<unknown> | undefined;
  return {
    async send(request) {
      closing.signal.throwIfAborted();
      return short.use((pool) => dispatch(pool, base, request, collect));
    },
    async stream(request) {
      closing.signal.throwIfAborted();
      return long.use(async (pool, retire) => ({ ...(await dispatch(pool, base, request, ended)), retire }));
    },
    async close() {
      closing.abort(new Error('the client was closed'));
      closed ??= Promise.all([long.close(), short.close()]);
      await closed;
    },
  };
}

/**
 * Leaves a pool behind whose server has stopped answering: over HTTP/2 everything else would go on waiting on the same
 * dead connection. What still runs on it runs to its end.
 */
function renewable(make: () => LazyPool) {
  let current = make();
  const retire = (pool: LazyPool) => {
    if (pool !== current) return;
    current = make();
    void pool.close();
  };
  return {
    async use<R>(work: (pool: Dispatcher, retire: () => void) => Promise<R>): Promise<R> {
      const pool = current;
      try {
        return await work(await pool.get(), () => retire(pool));
      } catch (error) {
        if (UNANSWERED.has((error as NodeJS.ErrnoException).code ?? '')) retire(pool);
        throw error;
      }
    },
    close: () => current.close(),
  };
}

const UNANSWERED = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

interface LazyPool {
  get(): Promise<Dispatcher>;
  close(): Promise<void>;
}

/** The pool is made at the first request: importing it costs more than a command that never calls should pay. */
function lazyPool(target: ClusterTarget, options: TransportOptions, own: Partial<Pool.Options>): LazyPool {
  let pool: Promise<Dispatcher> | undefined;
  return {
    get: () => {
      pool ??= createPool(target, options, own);
      return pool;
    },
    close: async () => {
      const opened = await pool?.catch(() => undefined);
      await opened?.close();
    },
  };
}

async function createPool(target: ClusterTarget, o: TransportOptions, own: Partial<Pool.Options>): Promise<Dispatcher> {
  const { tls } = target;
  const connect = {
    ca: tls?.ca,
    cert: tls?.cert,
    key: tls?.key,
    servername: tls?.serverName,
    rejectUnauthorized: !tls?.insecure,
  };
  const settings: Pool.Options = {
    connect,
    // One header a group is lost over HTTP/2: undici joins repeated headers with commas there.
    allowH2: o.http2 && (target.impersonate?.groups?.length ?? 0) < 2,
    maxConcurrentStreams: o.streamsPerConnection,
    initialWindowSize: 1 << 20,
    connectionWindowSize: 1 << 23,
    headersTimeout: o.timeoutMs,
    connectTimeout: 30_000,
    keepAliveTimeout: 30_000,
    ...own,
  };
  const { origin } = new URL(target.server);
  if (target.proxyUrl) return createProxyPool(target.proxyUrl, settings, connect);
  const { default: PoolClass } = await import('undici/lib/dispatcher/pool.js');
  return new PoolClass(origin, settings);
}

async function createProxyPool(uri: string, settings: Pool.Options, requestTls: object): Promise<Dispatcher> {
  const { ProxyAgent } = await import('undici');
  const { connect: _, ...rest } = settings;
  return new ProxyAgent({ uri, requestTls, ...rest } as ConstructorParameters<typeof ProxyAgent>[0]);
}

type Receiver<R> = (resolve: (answer: R) => void, reject: (error: Error) => void) => Dispatcher.DispatchHandler;

/** An agent of a proxy serves any origin and has to be told; a pool has its own. */
interface Base {
  readonly origin: string;
  readonly prefix: string;
}

function dispatch<R>(pool: Dispatcher, base: Base, request: TransportRequest, receiver: Receiver<R>): Promise<R> {
  const { signal } = request;
  return new Promise<R>((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const handler = receiver(resolve, reject);
    pool.dispatch(
      {
        origin: base.origin,
        path: base.prefix + request.path,
        method: request.method as Dispatcher.HttpMethod,
        headers: request.headers as Record<string, string | string[]>,
        body: request.body ?? null,
        ...(request.patient && { headersTimeout: 0 }),
      },
      signal ? abortable(handler, signal, reject) : handler,
    );
  });
}

/** Gives the exchange up when the signal aborts, also while it still waits for a connection. */
function abortable(
  handler: Dispatcher.DispatchHandler,
  signal: AbortSignal,
  reject: (reason: Error) => void,
): Dispatcher.DispatchHandler {
  let started: Dispatcher.DispatchController | undefined;
  const abort = () => (started ? started.abort(signal.reason as Error) : reject(signal.reason as Error));
  const release = () => signal.removeEventListener('abort', abort);
  signal.addEventListener('abort', abort, { once: true });
  return {
    onRequestStart(controller, context) {
      started = controller;
      if (signal.aborted) controller.abort(signal.reason as Error);
      else handler.onRequestStart?.(controller, context);
    },
    onResponseStart: (controller, status, headers) => handler.onResponseStart?.(controller, status, headers),
    onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
    onResponseEnd(controller, trailers) {
      release();
      handler.onResponseEnd?.(controller, trailers);
    },
    onResponseError(controller, error) {
      release();
      handler.onResponseError?.(controller, signal.aborted ? (signal.reason as Error) : error);
    },
  };
}

const collect: Receiver<Answer> = (resolve, reject) => {
  let status = 0;
  let headers: Record<string, string> = {};
  let chunks: Buffer[] = [];
  return {
    onRequestStart() {
      chunks = [];
    },
    onResponseStart(_, code, received) {
      if (code < 200) return;
      status = code;
      headers = flatten(received);
    },
    onResponseData: (_, chunk) => void chunks.push(chunk),
    onResponseEnd: () => resolve({ status, headers, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) }),
    onResponseError: (_, error) => reject(error),
  };
};

const pipe: Receiver<Omit<StreamedAnswer, 'retire'>> = (resolve, reject) => {
  let body: ByteStream | undefined;
  return {
    onRequestStart() {},
    onResponseStart(controller, status, received) {
      if (status < 200) return;
      body = new ByteStream(controller);
      resolve({ status, headers: flatten(received), body });
    },
    onResponseData: (_, chunk) => body?.push(chunk),
    onResponseEnd: () => body?.finish(),
    onResponseError: (_, error) => (body ? body.finish(error) : reject(error)),
  };
};

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    flat[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return flat;
}
