/** The TLS port: HTTP/2 and HTTP/1.1, certificates asked for but not demanded. */
import type { IncomingMessage } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { JdosError } from '../../errors/index.ts';
import type { Upgrade } from './tunnel.ts';
import type { Incoming, Outgoing } from './writer.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly certPem: string;
  readonly keyPem: string;
  /** Signs the client certificates that are believed. */
  readonly clientCaPem: string;
  handle(request: Incoming, response: Outgoing): void;
  /** HTTP/1.1 requests to switch protocols (WebSocket). */
  upgrade(upgrade: Upgrade): void;
}

export interface ListeningServer {
  readonly port: number;
  /** Ends the connections that are there and closes the port. */
  stop(): Promise<void>;
}

/** Many watches share one connection. */
const MAX_STREAMS = 4096;
const MAX_HEADER_BYTES = 64 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;

export async function listen(options: ServerOptions): Promise<ListeningServer> {
  const server = createSecureServer({
    allowHTTP1: true,
    cert: options.certPem,
    key: options.keyPem,
    ca: options.clientCaPem,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    settings: {
      maxConcurrentStreams: MAX_STREAMS,
      initialWindowSize: 1024 * 1024,
      maxHeaderListSize: MAX_HEADER_BYTES,
    },
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
  } as Parameters<typeof createSecureServer>[0]);
  const open = trackConnections(server);
  server.on('request', (request, response) => options.handle(request, response));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    options.upgrade({ request, socket, head }),
  );
  await bind(server, options);
  return {
    port: (server.address() as { port: number }).port,
    stop: () => stop(server, open),
  };
}

function bind(server: Http2SecureServer, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const address = `${host}:${port}`;
      reject(
        error.code === 'EADDRINUSE'
          ? new JdosError('JDOS_ERR_PORT_IN_USE', { address, flag: '--api-port' }, { cause: error })
          : error,
      );
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      server.on('error', () => {});
      resolve();
    });
  });
}

/**
 * All connections there are, from their first byte on: one that is still shaking hands when the server stops would
 * otherwise hold it up for as long as its client likes. A broken connection is the client's affair: its errors end it and
 * nothing else.
 */
function trackConnections(server: Http2SecureServer): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.on('secureConnection', (socket) => socket.on('error', () => socket.destroy()));
  server.on('session', (session) => session.on('error', () => session.destroy()));
  server.on('sessionError', () => {});
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
  return open;
}

function stop(server: Http2SecureServer, open: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of open) socket.destroy();
  });
}
