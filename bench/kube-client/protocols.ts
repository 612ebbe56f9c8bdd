/**
 * Durable creates over HTTP/2 and over HTTP/1.1, 64 at a time, against an embedded control plane in a process of its own:
 * how many a second, and what one costs either side. Rounds alternate, so that a machine with other work treats both
 * alike; the medians count.
 *
 *   node bench/kube-client/protocols.ts [creates a round, default 2500]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { KubeClient, loadKubeconfig, PODS } from '../../src/kube/index.ts';

const WAYS = [
  { name: 'HTTP/2', http2: true, connections: 1 },
  { name: 'HTTP/2, 4 connections', http2: true, connections: 4 },
  { name: 'HTTP/1.1, 16 connections', http2: false, connections: 16 },
  { name: 'HTTP/1.1, 32 connections', http2: false, connections: 32 },
  { name: 'HTTP/1.1, 64 connections', http2: false, connections: 64 },
];
const ROUNDS = 5;
const AT_ONCE = 64;

const creates = Number(process.argv[2] ?? 2500);
const server = fork(new URL('plane-server.ts', import.meta.url));
const [path] = (await once(server, 'message')) as [string];
const target = await loadKubeconfig({ path });
let serial = 0;

const rounds = new Map(WAYS.map((way) => [way.name, [] as Round[]]));
for (let i = 0; i <= ROUNDS; i++) {
  for (const way of WAYS) {
    const figures = await round(way);
    if (i > 0) rounds.get(way.name)!.push(figures);
  }
}
console.log(`${creates} creates, ${AT_ONCE} at a time\nway | creates/s | client µs | server µs\n---|---|---|---`);
for (const [name, all] of rounds) {
  const cells = (['perSecond', 'client', 'server'] as const).map((key) =>
    median(all.map((one) => one[key])).toFixed(0),
  );
  console.log([name, ...cells].join(' | '));
}
server.disconnect();

interface Round {
  readonly perSecond: number;
  readonly client: number;
  readonly server: number;
}

async function round(way: { http2: boolean; connections: number }): Promise<Round> {
  const client = new KubeClient(target, way);
  const [startedAt, cpu, theirs] = [performance.now(), process.cpuUsage(), await serverMicros()];
  let left = creates;
  const work = async () => {
    while (left-- > 0) await client.create(PODS, draft());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const figures = {
    perSecond: creates / seconds,
    client: (user + system) / creates,
    server: ((await serverMicros()) - theirs) / creates,
  };
  await client.close();
  return figures;
}

function draft() {
  const containers = [{ name: 'c', image: 'registry/i:1', resources: { requests: { cpu: '1', memory: '1Gi' } } }];
  return {
    metadata: { namespace: 'default', name: `p-${serial++}`, annotations: { text: 'y'.repeat(600) } },
    spec: { automountServiceAccountToken: false, containers },
  };
}

async function serverMicros(): Promise<number> {
  server.send('cpu');
  return ((await once(server, 'message')) as [number])[0];
}

function median(all: number[]): number {
  return all.toSorted((a, b) => a - b)[all.length >> 1]!;
}
