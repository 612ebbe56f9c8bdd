/**
 * The console port: `/status.json` for programs, `/readyz` and `/livez` for probes, answered here, by the process that
 * knows whether the parts live. All else is the console's, which listens on a socket in the data directory; while it is
 * away, people get a plain status page.
 */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ClusterCounts } from './cluster-summary.ts';
import type { PartStatus } from './part.ts';
import { languageOf, statusPage } from './status-page.ts';

export interface UpStatus {
  readonly version: string;
  readonly startedAt: string;
  readonly apiUrl: string;
  readonly ready: boolean;
  readonly parts: readonly PartStatus[];
  /** Missing until the API has answered once. */
  readonly counts?: ClusterCounts;
}

export interface Console {
  readonly port: number;
  close(): Promise<void>;
}

export interface ConsoleOptions {
  readonly host?: string;
  /** The socket on which the console listens. */
  readonly upstream?: string;
}

export async function serveConsole(
  port: number,
  status: () => UpStatus,
  options: ConsoleOptions = {},
): Promise<Console> {
  const { host = '127.0.0.1', upstream } = options;
  const server = createServer((request, response) => {
    const alone = () => send(response, replyTo(request, status()));
    if (upstream && !OWN.has(pathOf(request))) passOn(upstream, request, response, alone);
    else alone();
  });
  const upgraded = new Set<Duplex>();
  if (upstream)
    server.on('upgrade', (request, socket, head) => {
      upgraded.add(socket);
      socket.once('close', () => upgraded.delete(socket));
      passUpgrade(upstream, request, socket, head);
    });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }),
  };
}

const OWN = new Set(['/livez', '/readyz', '/status.json', '/status']);

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0]!;
}

/** `instead` answers when nobody listens on the socket. */
function passOn(socketPath: string, request: IncomingMessage, response: ServerResponse, instead: () => void): void {
  const { method, url, socket } = request;
  const headers = { ...request.headers, 'x-forwarded-for': socket.remoteAddress };
  const onward = httpRequest({ socketPath, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(response);
  });
  onward.on('error', () => (response.headersSent ? response.destroy() : instead()));
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

/** A WebSocket: the request goes on as it came, with who asks, and from then on bytes are bytes. */
function passUpgrade(path: string, { method, url, rawHeaders }: IncomingMessage, socket: Duplex, head: Buffer): void {
  const onward = connect(path);
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (!/^x-forwarded-/i.test(rawHeaders[i]!)) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  const from = 'remoteAddress' in socket ? String(socket.remoteAddress) : '127.0.0.1';
  onward.write(`${[...lines, `x-forwarded-for: ${from}`].join('\r\n')}\r\n\r\n`);
  onward.write(head);
  onward.pipe(socket).pipe(onward);
  for (const [one, other] of [
    [onward, socket],
    [socket, onward],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

interface Reply {
  readonly code: number;
  readonly type: string;
  readonly body: string;
}

function replyTo(request: IncomingMessage, status: UpStatus): Reply {
  const url = new URL(request.url ?? '/', 'http://console');
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'GET only\n');
  switch (url.pathname) {
    case '/livez':
      return text(200, 'ok\n');
    case '/readyz':
      return text(status.ready ? 200 : 503, readiness(status));
    case '/status.json':
      return { code: 200, type: 'application/json', body: `${JSON.stringify(status)}\n` };
    case '/':
    case '/status':
      return { code: 200, type: 'text/html', body: statusPage(languageOf(url, request.headers['accept-language'])) };
    default:
      return text(404, 'not found\n');
  }
}

function text(code: number, body: string): Reply {
  return { code, type: 'text/plain', body };
}

function readiness({ ready, parts }: UpStatus): string {
  if (ready) return 'ok\n';
  const lines = parts.map(({ name, state }) => (state === 'ready' ? `[+]${name} ok` : `[-]${name} ${state}`));
  return `${[...lines, 'not ready'].join('\n')}\n`;
}

function send(response: ServerResponse, { code, type, body }: Reply): void {
  response.writeHead(code, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'",
  });
  response.end(body);
}
