/** Controllers that are killed between any two writes, and start again with nothing but what the API server has. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ControllerName, startControllers } from '../../src/controlplane/index.ts';
import {
  type core,
  DEPLOYMENTS,
  type Deployment,
  JOBS,
  NAMESPACES,
  PODS,
  type Pod,
  STATEFUL_SETS,
} from '../../src/kube/index.ts';
import { type BarePlane, startBarePlane } from './bare-plane.ts';
import { eventually } from './harness.ts';
import { ENDS } from './instant-kubelet.ts';
import { mortal } from './mortal-client.ts';

const namespace = 'killed';
const only: ControllerName[] = ['deployment', 'replicaset', 'statefulset', 'job', 'garbage-collector'];
let cluster: BarePlane;
let lives: ReturnType<typeof mortalControllers>;

beforeAll(async () => {
  cluster = await startBarePlane(['n1', 'n2', 'n3']);
  await cluster.client.create(NAMESPACES, { metadata: { name: namespace }, spec: {} });
  lives = mortalControllers();
});
afterAll(async () => {
  await lives?.stop();
  await cluster?.stop();
});

/** They die again and again, each time a little later, every second time with the answer to their last write lost. */
function mortalControllers() {
  const end = new AbortController();
  let count = 0;
  const live = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const death = new AbortController();
      const signal = AbortSignal.any([death.signal, end.signal]);
      const killed = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      const life = count++;
      const onDeath = () => death.abort();
      const client = mortal(await cluster.connect(), { after: life % 7, lastArrives: life % 2 === 0, onDeath });
      await startControllers({ client, signal, only }).catch(() => undefined);
      await killed;
      await client.close();
    }
  };
  const done = live();
  return {
    count: () => count,
    stop: () => {
      end.abort();
      return done;
    },
  };
}

const until = <T>(ask: () => Promise<T>, holds: (seen: T) => boolean, what: string) =>
  eventually(ask, holds, { ms: 60_000, what });
const labels = (app: string) => ({ app });
const template = (app: string, image = 'web:1'): core.PodTemplateSpec => ({
  metadata: { labels: labels(app) },
  spec: { containers: [{ name: 'main', image }] },
});
const isReady = (pod: Pod) => pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;

/** The most Pods staying and the fewest ready at any moment. */
function observe(app: string) {
  const seen = { most: 0, fewest: Number.POSITIVE_INFINITY };
  const count = () => {
    const staying = [...cluster.pods.list()].filter(
      (p) => p.metadata.labels?.app === app && !p.metadata.deletionTimestamp,
    );
    seen.most = Math.max(seen.most, staying.length);
    seen.fewest = Math.min(seen.fewest, staying.filter(isReady).length);
  };
  const off = cluster.pods.onChange({ update: count, delete: count });
  return { seen, off };
}

it('a Deployment rolls out within its limits', async () => {
  const { client } = cluster;
  const isRolledOut = ({ metadata, status }: Deployment) =>
    status?.observedGeneration === metadata.generation &&
    [status?.updatedReplicas, status?.availableReplicas, status?.replicas].every((count) => count === 4);
  const rolledOut = (what: string) => until(() => client.get(DEPLOYMENTS, 'web', { namespace }), isRolledOut, what);
  await client.create(DEPLOYMENTS, {
    metadata: { name: 'web', namespace },
    spec: { replicas: 4, selector: { matchLabels: labels('web') }, template: template('web') },
  });
  await rolledOut('start');
  const { seen, off } = observe('web');
  for (const image of ['web:2', 'web:3', 'web:4']) {
    const body = { spec: { template: template('web', image) } };
    await client.patch(DEPLOYMENTS, 'web', { kind: 'merge', body }, { namespace });
    await rolledOut(image);
  }
  off();
  expect(seen.most).toBeLessThanOrEqual(5);
  expect(seen.fewest).toBeGreaterThanOrEqual(3);
});

it('a StatefulSet never misses more than one Pod', async () => {
  const { client } = cluster;
  await client.create(STATEFUL_SETS, {
    metadata: { name: 'db', namespace },
    spec: { serviceName: 'db', replicas: 3, selector: { matchLabels: labels('db') }, template: template('db') },
  });
  const settled = (image: string) =>
    until(
      async () => (await client.list(PODS, { namespace, labelSelector: 'app=db' })).items,
      (pods) => pods.length === 3 && pods.every((pod) => isReady(pod) && pod.spec.containers[0]!.image === image),
      image,
    );
  await settled('web:1');
  const { seen, off } = observe('db');
  const body = { spec: { template: template('db', 'web:2') } };
  await client.patch(STATEFUL_SETS, 'db', { kind: 'merge', body }, { namespace });
  await settled('web:2');
  off();
  expect(seen).toEqual({ most: 3, fewest: 2 });
});

it('a Job counts each Pod once', async () => {
  const { client } = cluster;
  await client.create(JOBS, {
    metadata: { name: 'sum', namespace },
    spec: {
      completions: 8,
      parallelism: 4,
      template: {
        metadata: { labels: { app: 'sum', [ENDS]: 'Succeeded' } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'sum:1' }] },
      },
    },
  });
  const job = await until(
    () => client.get(JOBS, 'sum', { namespace }),
    ({ status }) => status?.conditions?.some((c) => c.type === 'Complete') ?? false,
    'completion',
  );
  const pods = (await client.list(PODS, { namespace, labelSelector: 'app=sum' })).items;
  expect(job.status?.succeeded).toBe(pods.length);
  expect(pods.length).toBeGreaterThanOrEqual(8);
});

it('they were killed often', () => expect(lives.count()).toBeGreaterThan(20));
