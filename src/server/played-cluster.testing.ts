/** An API server of one host, for tests: it knows who asks, and lets people do what the test says. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeClient } from '../kube/index.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  /** Whom JDOS was when it asked; undefined for itself. */
  readonly as: string | undefined;
}

interface Review {
  readonly user: string;
  readonly resourceAttributes: { readonly verb: string; readonly resource: string; readonly subresource?: string };
}

export interface PlayedCluster extends AsyncDisposable {
  readonly client: KubeClient;
  readonly asked: readonly Asked[];
  /** `patch nodes`, `create pods/eviction`: nobody may do these. */
  readonly forbidden: Set<string>;
}

const COLLECTION = /\/(nodes|pods|services|leases|poddisruptionbudgets|replicasets)$/;
const NODE = { metadata: { name: 'h1', uid: 'h1', resourceVersion: '1', labels: {} }, spec: {} };

export async function playCluster(): Promise<PlayedCluster> {
  const asked: Asked[] = [];
  const forbidden = new Set<string>();
  const server = createServer((request, response) => void answer(request, response, asked, forbidden));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new KubeClient({ server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  return {
    client,
    asked,
    forbidden,
    async [Symbol.asyncDispose]() {
      await client.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, asked: Asked[], forbidden: Set<string>) {
  const { method = '', url = '', headers } = request;
  const path = url.split('?', 1)[0]!;
  const who = headers['impersonate-user'];
  asked.push({ method, path, as: typeof who === 'string' ? who : undefined });
  response.setHeader('content-type', 'application/json');
  const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
  if (path.endsWith('/subjectaccessreviews')) {
    const { resourceAttributes: wish } = (JSON.parse(body) as { spec: Review }).spec;
    const what = `${wish.verb} ${[wish.resource, wish.subresource].filter(Boolean).join('/')}`;
    response.writeHead(201).end(JSON.stringify({ status: { allowed: !forbidden.has(what) } }));
  } else if (path.startsWith('/api/v1/nodes/')) response.end(JSON.stringify(NODE));
  else if (COLLECTION.test(path)) response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items: [] }));
  else response.writeHead(404).end(JSON.stringify({ kind: 'Status', reason: 'NotFound', code: 404 }));
}
