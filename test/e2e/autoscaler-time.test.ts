/** An autoscaler's minutes, on a clock of the test's own: what it remembers, and how long. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEPLOYMENTS, VirtualClock } from '../../src/kube/index.ts';
import { type BarePlane, startBarePlane } from './bare-plane.ts';
import { eventually } from './harness.ts';

const MI = 2 ** 20;
const at = { namespace: 'default' };
const clock = new VirtualClock(Date.now());
let server: Server;
let cluster: BarePlane;
/** What each Pod uses, and how often somebody asked. */
let memory = 100 * MI;
let asks = 0;

beforeAll(async () => {
  server = createServer((_, response) => void answer().then((body) => response.end(JSON.stringify(body))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const kubelet = () => ({ host: '127.0.0.1', port, token: '' });
  cluster = await startBarePlane(['n1'], {}, { kubelet });
  await cluster.controllers({ only: ['deployment', 'replicaset', 'horizontal-pod-autoscaler'], clock });
});
afterAll(async () => {
  await cluster?.stop();
  server?.close();
});

async function answer() {
  asks++;
  const names = [...cluster.pods.list()].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  const usage = { windowMs: 15_000, containers: [{ name: 'main', cpu: 0, memory }] };
  return { time: new Date(clock.now()).toISOString(), pods: Object.fromEntries(names.map((name) => [name, usage])) };
}

/** Lets time pass until the autoscaler has looked once more. */
async function look(): Promise<void> {
  const before = asks;
  const ask = async () => {
    await clock.advance(15_000);
    return asks;
  };
  await eventually(ask, (now) => now > before, { what: 'a look of the autoscaler' });
}

const replicas = async () => (await cluster.client.get(DEPLOYMENTS, 'web', at)).spec.replicas;
const until = (count: number) => eventually(replicas, (now) => now === count, { what: `${count} replicas` });

it('grows at once, and shrinks when five minutes have asked for no more', async () => {
  const labels = { app: 'web' };
  const containers = [{ name: 'main', image: 'web:1' }];
  await cluster.client.create(DEPLOYMENTS, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  const target = { type: 'AverageValue', averageValue: '50Mi' };
  await cluster.client.request('POST', '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      metadata: { name: 'web' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 4,
        metrics: [{ type: 'Resource', resource: { name: 'memory', target } }],
      },
    }),
  });
  const running = () => [...cluster.pods.list()].filter((pod) => pod.status?.phase === 'Running').length;
  await eventually(
    async () => running(),
    (count) => count === 2,
  );
  await look();
  await until(4);
  const grown = clock.now();
  memory = 10 * MI;
  while (clock.now() - grown < 240_000) {
    await look();
    expect(await replicas()).toBe(4);
  }
  while (clock.now() - grown < 400_000) await look();
  await until(1);
  expect(cluster.faults).toEqual([]);
});
