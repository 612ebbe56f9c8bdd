/**
 * The preview of a drain: a host of 110 Pods in a cluster of 50,000. First judged from copies of Nodes, Pods and budgets that are there
 * already; then as `jdos maintain HOST` does it, which reads what it needs from the API, and from its start to its end.
 *
 * Run: node bench/drain-preview.ts [--pods 50000]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { startControlPlane } from '../src/controlplane/index.ts';
import { makeHosts } from '../src/fleet/index.ts';
import {
  DEPLOYMENTS,
  KubeClient,
  loadKubeconfig,
  NODES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type Pod,
} from '../src/kube/index.ts';
import { impactOf, readScene, type Scene, sceneFrom } from '../src/maintenance/index.ts';
import { run } from '../test/e2e/harness.ts';

const { values } = parseArgs({ options: { pods: { type: 'string', default: '50000' } } });
const HERE = 110;
const PER_HOST = 100;
const APPLICATIONS = 500;
const ROUNDS = 5;
const namespace = 'default';
const count = Number(values.pods);

const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
const drafts = makeHosts(Math.ceil(count / PER_HOST)).map((draft) => ({
  ...draft,
  status: { ...draft.status, ...ready },
}));
const names = drafts.map(({ metadata }) => metadata.name!);
const host = names[0]!;
const pods = Array.from({ length: count }, (_, i) => {
  const at = i < HERE ? 0 : Math.min(names.length - 1, 1 + Math.floor((i - HERE) / PER_HOST));
  return podOf(i, names[at]!);
});
const budgets = Array.from({ length: APPLICATIONS }, (_, i) => budgetOf(i));

console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}; ${names.length} hosts, ${count} Pods`,
);
await fromCopies();
await fromApi();

async function fromCopies(): Promise<void> {
  const nodes = drafts.map((draft) => ({ ...draft, metadata: { ...draft.metadata, resourceVersion: '1' } }));
  const caches = { nodes: nodes as never[], pods: pods as never[], budgets: budgets as never[] };
  const onHost = pods.filter((pod) => pod.spec.nodeName === host);
  await rounds('from copies', async () => sceneFrom(host, { ...caches, onHost })!);
}

async function fromApi(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jdos-bench-preview-'));
  const plane = await startControlPlane({ dataDir });
  const kubeconfig = join(dataDir, 'kubeconfig');
  writeFileSync(kubeconfig, plane.adminKubeconfig, { mode: 0o600 });
  const client = new KubeClient(await loadKubeconfig({ path: kubeconfig }));
  try {
    await fill(client);
    await rounds('read from the API', () => readScene(client, host));
    for (let round = 1; round <= ROUNDS; round++) {
      const began = performance.now();
      const jdos = join(import.meta.dirname, '../jdos');
      const { stdout, stderr } = await run(jdos, ['maintain', host, '--kubeconfig', kubeconfig, '--data', dataDir]);
      if (!stdout.includes(`${HERE} Pods`)) throw new Error(stdout + stderr);
      console.log(
        `jdos maintain, round ${round}: ${(performance.now() - began).toFixed(0)} ms from its start to its end`,
      );
    }
  } finally {
    await client.close();
    await plane.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function rounds(what: string, read: () => Promise<Scene>): Promise<void> {
  for (let round = 1; round <= ROUNDS; round++) {
    const began = performance.now();
    const { pods: judged, applications, homeless } = impactOf(await read());
    const ms = (performance.now() - began).toFixed(0);
    const found = `${judged.length} Pods of ${applications.length} applications, ${homeless.length} without room`;
    console.log(`${what}, round ${round}: ${ms} ms; ${found}`);
  }
}

async function fill(client: KubeClient): Promise<void> {
  await together(drafts, async (draft) => {
    await client.create(NODES, draft);
    await client.patch(NODES, draft.metadata.name!, statusOf(draft.status), { subresource: 'status' });
  });
  await together(
    Array.from({ length: APPLICATIONS }, (_, i) => `app-${i}`),
    async (name) => {
      const labels = { app: name };
      const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'web:1' }] } };
      const spec = { replicas: 1, selector: { matchLabels: labels }, template };
      await client.create(DEPLOYMENTS, { metadata: { name, namespace }, spec });
      const status = statusOf({ replicas: count / APPLICATIONS });
      await client.patch(DEPLOYMENTS, name, status, { namespace, subresource: 'status' });
    },
  );
  await together(budgets, (budget) => client.create(POD_DISRUPTION_BUDGETS, budget as never));
  await together(pods, (pod) => client.create(PODS, pod));
}

function statusOf(status: object) {
  return { kind: 'merge', body: { status } } as const;
}

async function together<T>(all: readonly T[], make: (one: T) => Promise<unknown>): Promise<void> {
  const queue = [...all];
  const work = async () => {
    for (let one = queue.pop(); one !== undefined; one = queue.pop()) await make(one);
  };
  await Promise.all(Array.from({ length: 64 }, work));
}

function podOf(i: number, nodeName: string): Pod {
  const app = `app-${i % APPLICATIONS}`;
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: `${app}-abc`,
    uid: `u${i % APPLICATIONS}`,
    controller: true,
  };
  const labels = { app, 'pod-template-hash': 'abc' };
  const resources = { requests: { cpu: '100m', memory: '128Mi' } };
  return {
    metadata: { name: `${app}-${i}`, namespace, labels, ownerReferences: [owner] },
    spec: { nodeName, containers: [{ name: 'main', image: 'web:1', resources }] },
    status: { phase: 'Running', ...ready },
  } as unknown as Pod;
}

function budgetOf(i: number): object {
  return {
    metadata: { namespace, name: `b${i}` },
    spec: { minAvailable: 1, selector: { matchLabels: { app: `app-${i}` } } },
    status: { disruptionsAllowed: 1 },
  };
}
