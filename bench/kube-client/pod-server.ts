/**
 * A child process that serves many Pods: lists in pages, streamed lists, watches that stay silent. It sends its address to
 * its parent.
 */
import type { Http2ServerResponse } from 'node:http2';
import process from 'node:process';
import { answer, StubServer } from '../../src/kube/stub-server.ts';
import { samplePod } from './sample-pod.ts';

const pods = Number(process.argv[2]);
const server = await StubServer.start();
server.respond = ({ url }, response) => {
  server.seen.length = 0;
  const { searchParams: query } = new URL(url, server.url);
  if (query.has('watch')) return void watch(response, query);
  return answer(response, 200, page(Number(query.get('limit') ?? pods), Number(query.get('continue') ?? 0)));
};
process.send?.({ url: server.url, ca: server.ca });

function page(limit: number, from: number): object {
  const to = Math.min(pods, from + limit);
  const items = Array.from({ length: to - from }, (_, i) => samplePod(from + i));
  const metadata = { resourceVersion: String(pods + 1000), ...(to < pods && { continue: String(to) }) };
  return { kind: 'PodList', apiVersion: 'v1', metadata, items };
}

async function watch(response: Http2ServerResponse, query: URLSearchParams): Promise<void> {
  response.writeHead(200);
  if (!query.has('sendInitialEvents')) return;
  for (let i = 0; i < pods; i++) {
    await send(response, { type: 'ADDED', object: { kind: 'Pod', apiVersion: 'v1', ...samplePod(i) } });
  }
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  const metadata = { resourceVersion: String(pods + 1000), annotations };
  await send(response, { type: 'BOOKMARK', object: { kind: 'Pod', apiVersion: 'v1', metadata } });
}

async function send(response: Http2ServerResponse, event: object): Promise<void> {
  if (!response.write(`${JSON.stringify(event)}\n`)) await new Promise((resolve) => response.once('drain', resolve));
}
