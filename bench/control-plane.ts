/**
 * What the embedded control plane does a second, and how long it lets one wait; the server in a process of its own, the
 * clients beside it on the same cores.
 *
 *   node bench/control-plane.ts [creates] [list] [fan-out]        (all without arguments)
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import process from 'node:process';
import { type Draft, KubeClient, loadKubeconfig, PODS, type Pod, type WatchEvent } from '../src/kube/index.ts';

const AT_ONCE = 64;
const CREATES = 20_000;
const LISTED = 50_000;
const WATCHERS = 1_000;
const CHANGES = 20;

const parts = { creates, list, 'fan-out': fanOut } as const;
const asked = process.argv.slice(2);
console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`);
const server = fork(new URL('kube-client/plane-server.ts', import.meta.url));
const [path] = (await once(server, 'message')) as [string];
const target = await loadKubeconfig({ path });
for (const [name, part] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) await part();
server.disconnect();
await once(server, 'exit');

/** Durable creates: each is answered when it is on disk. */
async function creates(): Promise<void> {
  const client = new KubeClient(target, { connections: 4 });
  await make(client, 'warm', 2_000);
  const before = await processorMs();
  const ms = await timed(() => make(client, 'create', CREATES));
  const spent = ((await processorMs()) - before) / CREATES;
  console.log(
    `durable Pod creates, ${AT_ONCE} at a time: ${Math.round((CREATES / ms) * 1000)}/s, ${spent.toFixed(3)} ms of the server's processor each`,
  );
  await client.deleteCollection(PODS, { namespace: 'default' });
  await client.close();
}

/** A list of many Pods in chunks, and single GETs of another client, in another process, while it goes on. */
async function list(): Promise<void> {
  const getter = new KubeClient(target, { connections: 4 });
  const lister = fork(new URL('kube-client/lister.ts', import.meta.url), [path]);
  await Promise.all([once(lister, 'message'), make(getter, 'list', LISTED)]);
  const seconds: number[] = [];
  const waits: number[] = [];
  for (let round = 0; round < 3; round++) {
    let listing = true;
    const gets = (async () => {
      while (listing) waits.push(await timed(() => getter.get(PODS, 'list-7', { namespace: 'default' })));
    })();
    lister.send('list');
    const [ms] = (await once(lister, 'message')) as [number];
    seconds.push(ms / 1000);
    listing = false;
    await gets;
  }
  console.log(
    `list of ${LISTED} Pods in chunks of 500: ${median(seconds).toFixed(2)} s; one GET meanwhile, p99: ${quantile(waits, 0.99).toFixed(1)} ms`,
  );
  lister.disconnect();
  await getter.close();
}

/** One change to many watchers: until the last of them has it. */
async function fanOut(): Promise<void> {
  const [writer, reader] = [new KubeClient(target), new KubeClient(target, { connections: 4 })];
  await make(writer, 'watched', 1);
  const stop = new AbortController();
  const seen = new Map<string, { left: number; done: () => void }>();
  const { metadata } = await reader.list(PODS, { namespace: 'default', limit: 1 });
  let open = 0;
  const opened = Promise.withResolvers<void>();
  for (let i = 0; i < WATCHERS; i++)
    void follow(
      reader.watch(PODS, { namespace: 'default', resourceVersion: metadata.resourceVersion, signal: stop.signal }),
    );
  // The first change tells that all watches are there.
  const first = change('first');
  await Promise.all([opened.promise, first]);
  const waits: number[] = [];
  for (let i = 0; i < CHANGES; i++) waits.push(await timed(() => change(`change-${i}`)));
  console.log(`one change to ${WATCHERS} watchers, from the request to the last: ${median(waits).toFixed(0)} ms`);
  stop.abort();
  await Promise.all([writer.close(), reader.close()]);

  async function follow(events: AsyncIterable<WatchEvent<Pod>>): Promise<void> {
    try {
      for await (const { object } of events) {
        const mark = object.metadata.annotations?.mark;
        const waiting = mark && seen.get(mark);
        if (mark === 'first' && ++open === WATCHERS) opened.resolve();
        if (waiting && --waiting.left === 0) waiting.done();
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  }

  function change(mark: string): Promise<void> {
    return new Promise((done, failed) => {
      seen.set(mark, { left: WATCHERS, done });
      const body = { metadata: { annotations: { mark } } };
      writer.patch(PODS, 'watched-0', { kind: 'merge', body }, { namespace: 'default' }).catch(failed);
    });
  }
}

async function processorMs(): Promise<number> {
  server.send('cpu');
  const [microseconds] = (await once(server, 'message')) as [number];
  return microseconds / 1000;
}

async function make(client: KubeClient, prefix: string, count: number): Promise<void> {
  let next = 0;
  const maker = async () => {
    while (next < count) {
      await client.create(PODS, pod(`${prefix}-${next++}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, maker));
}

function pod(name: string): Draft<Pod> {
  const resources = { requests: { cpu: '100m', memory: '128Mi' } };
  return {
    metadata: { name, namespace: 'default', labels: { app: 'bench', tier: 'web' } },
    spec: {
      containers: [{ name: 'main', image: 'registry.example/app:1', resources, ports: [{ containerPort: 8080 }] }],
    },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN;
}
