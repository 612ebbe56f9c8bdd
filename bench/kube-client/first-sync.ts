/**
 * The first sync of an informer over many Pods: time, processor time and memory, beside @kubernetes/client-node's.
 *
 *   node bench/kube-client/first-sync.ts [pods, default 100000]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { Informer, KubeClient, PODS, withoutManagedFields } from '../../src/kube/index.ts';

interface Address {
  readonly url: string;
  readonly ca: string;
}

interface Figures {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly heapMiB: number;
}

const WAYS: Readonly<Record<string, (at: Address) => Promise<unknown>>> = {
  'informer, streamed list': (at) => sync(at, true, false),
  'informer, streamed list, without managedFields': (at) => sync(at, true, true),
  'informer, list in pages, without managedFields': (at) => sync(at, false, true),
  '@kubernetes/client-node informer': peer,
};

async function sync({ url, ca }: Address, streaming: boolean, lean: boolean): Promise<unknown> {
  const client = new KubeClient({ server: url, tls: { ca } });
  const informer = new Informer(client, PODS, {
    streaming,
    ...(lean && { transform: withoutManagedFields }),
    indexers: { node: (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []) },
  });
  informer.start(new AbortController().signal);
  await informer.synced();
  return informer;
}

async function peer({ url, ca }: Address): Promise<unknown> {
  const { CoreV1Api, KubeConfig, makeInformer } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const cluster = { name: 'it', server: url, caData: Buffer.from(ca).toString('base64'), skipTLSVerify: false };
  config.loadFromClusterAndUser(cluster, { name: 'it' });
  const api = config.makeApiClient(CoreV1Api);
  const informer = makeInformer(config, '/api/v1/pods', () => api.listPodForAllNamespaces());
  await informer.start();
  return informer;
}

async function measured(work: () => Promise<unknown>): Promise<Figures> {
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 20);
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  const kept = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  look();
  clearInterval(timer);
  globalThis.gc?.();
  const heapMiB = kept ? process.memoryUsage().heapUsed / 2 ** 20 : 0;
  return { seconds, cpuSeconds: (user + system) / 1e6, peakMiB: peak / 2 ** 20, heapMiB };
}

async function main(pods: number): Promise<void> {
  const server = fork(new URL('pod-server.ts', import.meta.url), [String(pods)]);
  const [address] = (await once(server, 'message')) as [Address];
  console.log(`${pods} Pods\nway | s | CPU s | peak RSS MiB | heap MiB\n---|---|---|---|---`);
  const all = new Map<string, Figures>();
  for (const way of Object.keys(WAYS)) {
    const child = fork(import.meta.filename, ['--way', way, JSON.stringify(address)], { execArgv: ['--expose-gc'] });
    const [figures] = (await once(child, 'message')) as [Figures];
    all.set(way, figures);
    const { seconds, cpuSeconds, peakMiB, heapMiB } = figures;
    console.log([way, seconds.toFixed(1), cpuSeconds.toFixed(1), peakMiB.toFixed(0), heapMiB.toFixed(0)].join(' | '));
  }
  const [ours, theirs] = [all.get('informer, streamed list')!, all.get('@kubernetes/client-node informer')!];
  const ratio = (key: keyof Figures) => (theirs[key] / ours[key]).toFixed(1);
  console.log(`@kubernetes/client-node takes ${ratio('cpuSeconds')} × the CPU and ${ratio('peakMiB')} × the memory`);
  server.kill();
}

if (process.argv[2] === '--way') {
  const [way, address] = process.argv.slice(3) as [string, string];
  process.send?.(await measured(() => WAYS[way]!(JSON.parse(address) as Address)), () => process.exit(0));
} else {
  await main(Number(process.argv[2] ?? 100_000));
}
