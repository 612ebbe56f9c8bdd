/** `/healthz`, `/readyz` and `/metrics` of a program of JDOS. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface Health {
  /** May be sent requests. */
  readonly ready: boolean;
  /** For people: `leads`, `stands by`. */
  readonly state: string;
}

/** A program that lives is told from one that may be sent requests: `/readyz` answers 503 meanwhile. */
export async function serveHealth(
  port: number,
  host: string,
  metrics: Registry,
  health: () => Health,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://health').pathname;
    if (path === '/metrics') void sendMetrics(response, metrics);
    else if (/^\/(healthz|livez|readyz)$/.test(path)) {
      const { ready, state } = health();
      const code = ready || path !== '/readyz' ? 200 : 503;
      send(response, code, `${code === 200 ? 'ok, ' : ''}${state}\n`);
    } else send(response, 404, 'not found\n');
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
      }),
  };
}

async function sendMetrics(response: ServerResponse, metrics: Registry): Promise<void> {
  try {
    send(response, 200, await metrics.metrics(), metrics.contentType);
  } catch (error) {
    send(response, 500, `${String(error)}\n`);
  }
}

function send(response: ServerResponse, code: number, body: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
