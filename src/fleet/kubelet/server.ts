/** The endpoint of all simulated kubelets: logs and commands, by the paths of a real one, and what containers use. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock, KubeClient } from '../../kube/index.ts';
import type { Host } from '../host.ts';
import type { Resident } from '../resident.ts';
import { serveExec } from './exec.ts';
import { serveFacts } from './facts.ts';
import { serveHealth, serveReach } from './host-word.ts';
import { serveLogs } from './logs.ts';
import { type ContainerPlace, findPlace } from './place.ts';
import { serveUsage } from './usage.ts';

export interface KubeletServerOptions {
  /** Reads the whole Pod and what it mounts. */
  readonly client: Pick<KubeClient, 'get'>;
  readonly clock: Clock;
  readonly port: number;
  readonly token?: string;
  readonly find: (namespace: string, pod: string) => Resident | undefined;
  readonly hosts: () => Iterable<Host>;
  readonly findHost: (name: string) => Host | undefined;
}

export interface KubeletServer {
  readonly address: { readonly host: string; readonly port: number; readonly token: string };
  close(): Promise<void>;
}

/** Loopback only, and only with the token: what runs in a container may show values of Secrets. */
export async function startKubeletServer(options: KubeletServerOptions): Promise<KubeletServer> {
  const token = options.token ?? randomBytes(32).toString('base64url');
  const context = { ...options, token };
  const server = createServer((request, response) => void answer(request, response, context));
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: chooseProtocol });
  server.on('upgrade', (request, socket, head) => upgrade({ request, socket, head }, sockets, context));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    address: { host: '127.0.0.1', port, token },
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

type Context = KubeletServerOptions & { readonly token: string };

interface Refusal {
  readonly code: number;
  readonly text: string;
}

/** What a host tells of itself when it is inspected. */
const NODE_FACTS = /^\/nodes\/([^/]+)\/facts$/;
/** Whether it lives, and whether it sees another. */
const NODE_WORD = /^\/nodes\/([^/]+)\/(healthz|reach)$/;
/** `/containerLogs/{namespace}/{pod}/{container}`, `/exec/…`, `/attach/…` */
const PATH = /^\/(containerLogs|exec|attach)\/([^/]+)\/([^/]+)\/([^/]+)$/;

async function answer(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', 'http://kubelet');
    if (url.pathname === '/usage' && mayEnter(request, context.token))
      return serveUsage(context.hosts(), url.searchParams, response, context.clock);
    const asked = NODE_FACTS.exec(url.pathname)?.[1];
    if (asked !== undefined && mayEnter(request, context.token))
      return serveFacts(context.findHost(decodeURIComponent(asked)), response, context.clock);
    const word = NODE_WORD.exec(url.pathname);
    if (word && mayEnter(request, context.token)) {
      const host = context.findHost(decodeURIComponent(word[1]!));
      if (word[2] === 'healthz') return serveHealth(host, response);
      return serveReach(host, context.findHost(url.searchParams.get('host') ?? ''), response);
    }
    const found = route(request, url, context);
    if ('code' in found) return refuse(response, found);
    if (found.verb === 'containerLogs') return await serveLogs(found.place, url.searchParams, response, context.clock);
    refuse(response, { code: 400, text: 'Upgrade request required' });
  } catch (error) {
    if (response.headersSent) response.destroy();
    else refuse(response, { code: 500, text: error instanceof Error ? error.message : String(error) });
  }
}

function route(
  request: IncomingMessage,
  url: URL,
  context: Context,
): Refusal | { verb: string; place: ContainerPlace } {
  if (!mayEnter(request, context.token)) return { code: 401, text: 'Unauthorized' };
  if (url.pathname === '/healthz') return { code: 200, text: 'ok' };
  const match = PATH.exec(url.pathname);
  if (!match) return { code: 404, text: '404 page not found' };
  const [, verb, namespace, pod, container] = match.map((part) => decodeURIComponent(part ?? '')) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const place = findPlace(context.find(namespace, pod), container);
  if (typeof place === 'string') return { code: 404, text: place };
  if (place.resident.host.silent) return { code: 502, text: `host ${place.resident.host.name} does not answer` };
  return { verb, place };
}

function mayEnter(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function refuse(response: ServerResponse, { code, text }: Refusal): void {
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

function upgrade({ request, socket, head }: Upgrade, sockets: WebSocketServer, context: Context): void {
  const url = new URL(request.url ?? '/', 'http://kubelet');
  const found = route(request, url, context);
  const wrong =
    'code' in found ? found : found.verb === 'containerLogs' ? { code: 400, text: 'no upgrade here' } : undefined;
  if (wrong) {
    socket.end(
      `HTTP/1.1 ${wrong.code} Refused\r\ncontent-length: ${Buffer.byteLength(wrong.text)}\r\n\r\n${wrong.text}`,
    );
    return;
  }
  const { place, verb } = found as { verb: string; place: ContainerPlace };
  sockets.handleUpgrade(
    request,
    socket,
    head,
    (ws) => void serveExec({ ws, place, verb, query: url.searchParams, ...context }),
  );
}

function chooseProtocol(offered: Set<string>): string | false {
  for (const protocol of ['v5.channel.k8s.io', 'v4.channel.k8s.io']) if (offered.has(protocol)) return protocol;
  return false;
}
