/** The built-in controllers over the embedded control plane, with the quickest of kubelets and nothing else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type apps,
  CONFIG_MAPS,
  CRON_JOBS,
  type core,
  DAEMON_SETS,
  DEPLOYMENTS,
  type Deployment,
  type Draft,
  ENDPOINT_SLICES,
  type Informer,
  isStatus,
  JOBS,
  type KubeClient,
  type KubeObject,
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type Pod,
  REPLICA_SETS,
  type ResourceType,
  resourceType,
  SERVICE_ACCOUNTS,
  SERVICES,
  STATEFUL_SETS,
} from '../../src/kube/index.ts';
import { type BarePlane, startBarePlane } from './bare-plane.ts';
import { eventually } from './harness.ts';
import { createNode, ENDS, UNREADY } from './instant-kubelet.ts';

let cluster: BarePlane;
let client: KubeClient;
let pods: Informer<Pod>;

beforeAll(async () => {
  cluster = await startBarePlane(['n1', 'n2', 'n3']);
  ({ client, pods } = cluster);
  await cluster.controllers();
});
afterAll(() => cluster?.stop());

async function makeNamespace(name: string): Promise<string> {
  await client.create(NAMESPACES, { metadata: { name }, spec: {} });
  return name;
}

const get = <T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string) =>
  client.get(type, name, namespace ? { namespace } : {});
const gone = async <T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string) => {
  try {
    await get(type, namespace, name);
    return false;
  } catch (error) {
    if (isStatus(error, 'NotFound')) return true;
    throw error;
  }
};
const items = async <T extends KubeObject>(type: ResourceType<T>, namespace: string) =>
  (await client.list(type, { namespace })).items;
const names = (objects: readonly KubeObject[]) => objects.map((object) => object.metadata.name).sort();
const until = <T>(ask: () => Promise<T>, holds: (seen: T) => boolean, what: string) =>
  eventually(ask, holds, { ms: 30_000, what });
const merge = <T extends KubeObject>(type: ResourceType<T>, namespace: string, name: string, body: object) =>
  client.patch(type, name, { kind: 'merge', body }, { namespace });

const CRDS = resourceType('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', false);
const WIDGETS = resourceType('example.com/v1', 'Widget', 'widgets');
const ENDPOINTS = resourceType('v1', 'Endpoints', 'endpoints');
const labels = { app: 'web' };
const template = (image = 'web:1', extra: Record<string, string> = {}): core.PodTemplateSpec => ({
  metadata: { labels: { ...labels, ...extra } },
  spec: { containers: [{ name: 'main', image, ports: [{ name: 'http', containerPort: 8080 }] }] },
});
const deployment = (namespace: string, spec: Partial<apps.DeploymentSpec> = {}) =>
  client.create(DEPLOYMENTS, {
    metadata: { name: 'web', namespace },
    spec: { replicas: 4, selector: { matchLabels: labels }, template: template(), ...spec },
  });
const isRolledOut = ({ metadata, spec, status }: Deployment) =>
  status?.observedGeneration === metadata.generation &&
  status?.updatedReplicas === spec.replicas &&
  status?.availableReplicas === spec.replicas &&
  status?.replicas === spec.replicas;
const rolledOut = (namespace: string) => until(() => get(DEPLOYMENTS, namespace, 'web'), isRolledOut, 'rollout of web');
const setImage = (namespace: string, image: string) =>
  merge(DEPLOYMENTS, namespace, 'web', { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } });

/** Watches Pods of a namespace; answers the extremes seen: most staying at once, fewest ready at once. */
function observe(namespace: string) {
  const seen = { most: 0, fewest: Number.POSITIVE_INFINITY };
  const count = () => {
    const staying = [...pods.list()].filter(
      (pod) => pod.metadata.namespace === namespace && !pod.metadata.deletionTimestamp,
    );
    seen.most = Math.max(seen.most, staying.length);
    seen.fewest = Math.min(seen.fewest, staying.filter(isReady).length);
  };
  const off = pods.onChange({ update: count, delete: count });
  return { seen, off };
}
const isReady = (pod: Pod) => pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;

describe('Deployment', () => {
  it('rolls out, keeps its limits, counts revisions, rolls back, and keeps no more history than asked', async () => {
    const namespace = await makeNamespace('rolling');
    await deployment(namespace, { revisionHistoryLimit: 1 });
    await rolledOut(namespace);
    const { seen, off } = observe(namespace);
    for (const image of ['web:2', 'web:3']) {
      await setImage(namespace, image);
      await rolledOut(namespace);
    }
    off();
    expect(seen.most).toBeLessThanOrEqual(5);
    expect(seen.fewest).toBeGreaterThanOrEqual(3);
    await until(
      () => items(REPLICA_SETS, namespace),
      (sets) => sets.length === 2,
      'history of 1',
    );
    await setImage(namespace, 'web:2');
    const back = await rolledOut(namespace);
    expect(back.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('4');
    const reasons = back.status!.conditions!.map((condition) => `${condition.type} ${condition.reason}`);
    expect(reasons.sort()).toEqual(['Available MinimumReplicasAvailable', 'Progressing NewReplicaSetAvailable']);
  });

  it('waits while new Pods do not become ready, and tells when it has waited too long', async () => {
    const namespace = await makeNamespace('stuck');
    await deployment(namespace, { progressDeadlineSeconds: 2 });
    await rolledOut(namespace);
    const stuck = template('web:2', { [UNREADY]: 'yes' });
    await merge(DEPLOYMENTS, namespace, 'web', { spec: { template: stuck } });
    const reason = ({ status }: Deployment) => status?.conditions?.find((c) => c.type === 'Progressing')?.reason;
    const late = await until(
      () => get(DEPLOYMENTS, namespace, 'web'),
      (d) => reason(d) === 'ProgressDeadlineExceeded',
      'deadline',
    );
    expect(late.status?.availableReplicas).toBeGreaterThanOrEqual(3);
  });

  it('replaces all at once with Recreate', async () => {
    const namespace = await makeNamespace('recreate');
    await deployment(namespace, { strategy: { type: 'Recreate' } });
    await rolledOut(namespace);
    const { seen, off } = observe(namespace);
    await setImage(namespace, 'web:2');
    await rolledOut(namespace);
    off();
    expect(seen).toEqual({ most: 4, fewest: 0 });
  });

  it('spreads a change of replicas while paused, and rolls out when resumed', async () => {
    const namespace = await makeNamespace('paused');
    await deployment(namespace);
    await rolledOut(namespace);
    await merge(DEPLOYMENTS, namespace, 'web', { spec: { paused: true } });
    await setImage(namespace, 'web:2');
    await merge(DEPLOYMENTS, namespace, 'web', { spec: { replicas: 6 } });
    await until(
      () => get(DEPLOYMENTS, namespace, 'web'),
      (d) => d.status?.availableReplicas === 6,
      'six old Pods',
    );
    expect(await items(REPLICA_SETS, namespace)).toHaveLength(1);
    await merge(DEPLOYMENTS, namespace, 'web', { spec: { paused: false } });
    await rolledOut(namespace);
    expect(await items(REPLICA_SETS, namespace)).toHaveLength(2);
  });
});

describe('ReplicaSet', () => {
  it('adopts free Pods, releases strayed ones, replaces deleted ones', async () => {
    const namespace = await makeNamespace('adoption');
    await client.create(PODS, { metadata: { name: 'free', namespace, labels }, spec: template().spec! });
    await client.create(REPLICA_SETS, {
      metadata: { name: 'web', namespace },
      spec: { replicas: 2, selector: { matchLabels: labels }, template: template() },
    });
    const ready = (count: number) =>
      until(
        () => get(REPLICA_SETS, namespace, 'web'),
        (set) => set.status?.readyReplicas === count && set.status.replicas === count,
        `${count} ready`,
      );
    await ready(2);
    expect(await items(PODS, namespace)).toHaveLength(2);
    expect((await get(PODS, namespace, 'free')).metadata.ownerReferences).toHaveLength(1);
    await merge(PODS, namespace, 'free', { metadata: { labels: { app: 'debug' } } });
    await until(
      () => items(PODS, namespace),
      (all) => all.length === 3,
      'a replacement',
    );
    const freed = await until(
      () => get(PODS, namespace, 'free'),
      (pod) => !pod.metadata.ownerReferences?.length,
      'release',
    );
    expect(freed.metadata.labels).toMatchObject({ app: 'debug' });
    await ready(2);
  });
});

describe('StatefulSet', () => {
  it('starts in order, updates from the top, keeps its claims, and stops from the top', async () => {
    const namespace = await makeNamespace('stateful');
    const events: string[] = [];
    const mine = (pod: Pod) => pod.metadata.namespace === namespace;
    const off = pods.onChange({
      add: (pod) => mine(pod) && events.push(`+${pod.metadata.name}`),
      delete: (pod) => mine(pod) && events.push(`-${pod.metadata.name}`),
    });
    const claim = {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    await client.create(STATEFUL_SETS, {
      metadata: { name: 'db', namespace },
      spec: {
        serviceName: 'db',
        replicas: 3,
        selector: { matchLabels: labels },
        template: template(),
        volumeClaimTemplates: [claim],
      },
    });
    const settled = (replicas: number) =>
      until(
        () => get(STATEFUL_SETS, namespace, 'db'),
        ({ status, metadata }) =>
          status?.observedGeneration === metadata.generation &&
          status?.readyReplicas === replicas &&
          status?.replicas === replicas &&
          status?.currentRevision === status?.updateRevision,
        `${replicas} ready`,
      );
    await settled(3);
    expect(events.splice(0)).toEqual(['+db-0', '+db-1', '+db-2']);
    await merge(STATEFUL_SETS, namespace, 'db', { spec: { template: template('web:2') } });
    await until(
      () => items(PODS, namespace),
      (all) => all.length === 3 && all.every((pod) => pod.spec.containers[0]!.image === 'web:2'),
      'update',
    );
    await settled(3);
    expect(events.splice(0)).toEqual(['-db-2', '+db-2', '-db-1', '+db-1', '-db-0', '+db-0']);
    await merge(STATEFUL_SETS, namespace, 'db', { spec: { replicas: 1 } });
    await settled(1);
    off();
    expect(events).toEqual(['-db-2', '-db-1']);
    const bound = await until(
      () => items(PERSISTENT_VOLUME_CLAIMS, namespace),
      (all) => all.every((c) => c.status?.phase === 'Bound'),
      'claims',
    );
    expect(names(bound)).toEqual(['data-db-0', 'data-db-1', 'data-db-2']);
  });
});

describe('DaemonSet', () => {
  it('has one Pod on each host that it selects, and follows hosts as they come and go', async () => {
    const namespace = await makeNamespace('daemons');
    await client.create(DAEMON_SETS, {
      metadata: { name: 'agent', namespace },
      spec: { selector: { matchLabels: labels }, template: template() },
    });
    const on = async () => (await items(PODS, namespace)).map((pod) => pod.spec.nodeName).sort();
    await until(on, (hosts) => hosts.join() === 'n1,n2,n3', 'a Pod on each host');
    await createNode(client, 'n4');
    await until(on, (hosts) => hosts.join() === 'n1,n2,n3,n4', 'a Pod on the new host');
    await merge(DAEMON_SETS, namespace, 'agent', { spec: { template: template('web:2') } });
    await until(
      () => get(DAEMON_SETS, namespace, 'agent'),
      ({ status, metadata }) =>
        status?.observedGeneration === metadata.generation &&
        status?.updatedNumberScheduled === 4 &&
        status?.numberAvailable === 4,
      'update',
    );
    await merge(DAEMON_SETS, namespace, 'agent', {
      spec: { template: { spec: { nodeSelector: { 'kubernetes.io/hostname': 'n1' } } } },
    });
    await until(on, (hosts) => hosts.join() === 'n1', 'one host');
    await client.delete(NODES, 'n4');
  });
});

describe('Job', () => {
  const job = (namespace: string, name: string, ends: string | undefined, spec: object = {}) =>
    client.create(JOBS, {
      metadata: { name, namespace },
      spec: {
        template: {
          metadata: { labels: ends ? { [ENDS]: ends } : {} },
          spec: { ...template().spec!, restartPolicy: 'Never' },
        },
        ...spec,
      },
    });
  const ended = async (namespace: string, name: string, type: string) => {
    const has = (one: Awaited<ReturnType<typeof read>>) =>
      one.status?.conditions?.some((c) => c.type === type && c.status === 'True') ?? false;
    const read = () => get(JOBS, namespace, name);
    return until(read, has, `${name} ${type}`);
  };

  it('completes, by number or by index, and lets its Pods go', async () => {
    const namespace = await makeNamespace('jobs');
    await job(namespace, 'five', 'Succeeded', { completions: 5, parallelism: 2 });
    await job(namespace, 'indexed', 'Succeeded', { completions: 3, parallelism: 3, completionMode: 'Indexed' });
    expect((await ended(namespace, 'five', 'Complete')).status).toMatchObject({ succeeded: 5 });
    expect((await ended(namespace, 'indexed', 'Complete')).status).toMatchObject({
      succeeded: 3,
      completedIndexes: '0-2',
    });
    const left = await until(
      () => items(PODS, namespace),
      (all) => all.every((pod) => !pod.metadata.finalizers?.length),
      'finalizers',
    );
    expect(left).toHaveLength(8);
    await client.delete(JOBS, 'five', { namespace, propagationPolicy: 'Background' });
    await until(
      () => items(PODS, namespace),
      (all) => all.length === 3,
      'collection',
    );
  });

  it('fails by its limit and by its deadline, and vanishes when its time is up', async () => {
    const namespace = await makeNamespace('failing');
    await job(namespace, 'failing', 'Failed', { backoffLimit: 0 });
    await job(namespace, 'endless', undefined, { activeDeadlineSeconds: 1, ttlSecondsAfterFinished: 1 });
    const failed = await ended(namespace, 'failing', 'Failed');
    expect(failed.status?.conditions?.at(-1)?.reason).toBe('BackoffLimitExceeded');
    await until(() => gone(JOBS, namespace, 'endless'), Boolean, 'time to live');
  });

  it('stops while suspended', async () => {
    const namespace = await makeNamespace('suspended');
    await job(namespace, 'long', undefined, { parallelism: 2, completions: 2 });
    await until(
      () => get(JOBS, namespace, 'long'),
      (one) => one.status?.ready === 2,
      'two running',
    );
    await merge(JOBS, namespace, 'long', { spec: { suspend: true } });
    const stopped = await until(
      () => get(JOBS, namespace, 'long'),
      (one) => !one.status?.active && !one.status?.terminating,
      'none running',
    );
    expect(stopped.status?.failed ?? 0).toBe(0);
    await merge(JOBS, namespace, 'long', { spec: { suspend: false } });
    await until(
      () => get(JOBS, namespace, 'long'),
      (one) => one.status?.ready === 2,
      'two running again',
    );
  });

  it('is started by a CronJob, which keeps the history short', async () => {
    const namespace = await makeNamespace('cron');
    const jobTemplate = {
      spec: {
        template: {
          metadata: { labels: { [ENDS]: 'Succeeded' } },
          spec: { ...template().spec!, restartPolicy: 'Never' },
        },
      },
    };
    await client.create(CRON_JOBS, {
      metadata: { name: 'tick', namespace },
      spec: { schedule: '@every 1s', jobTemplate },
    });
    await until(
      () => get(CRON_JOBS, namespace, 'tick'),
      ({ status }) => status?.lastSuccessfulTime !== undefined,
      'a success',
    );
    await client.delete(CRON_JOBS, 'tick', { namespace });
    await until(
      () => items(JOBS, namespace),
      (all) => all.length === 0,
      'collection',
    );
  });
});

describe('EndpointSlice', () => {
  it('lists what a Service selects, ready or not', async () => {
    const namespace = await makeNamespace('endpoints');
    await client.create(SERVICES, {
      metadata: { name: 'web', namespace },
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    });
    await deployment(namespace, { replicas: 3 });
    await client.create(PODS, {
      metadata: { name: 'late', namespace, labels: { ...labels, [UNREADY]: 'yes' } },
      spec: template().spec!,
    });
    const endpoints = async () => (await items(ENDPOINT_SLICES, namespace)).flatMap((slice) => slice.endpoints);
    const seen = await until(
      endpoints,
      (all) => all.length === 4 && all.filter((e) => e.conditions?.ready).length === 3,
      'four endpoints',
    );
    expect(new Set(seen.map((endpoint) => endpoint.zone))).toEqual(new Set(['z1']));
    const [slice] = await items(ENDPOINT_SLICES, namespace);
    expect(slice!.ports).toMatchObject([{ name: 'http', port: 8080, protocol: 'TCP' }]);
    await client.delete(DEPLOYMENTS, 'web', { namespace });
    await until(endpoints, (all) => all.length === 1, 'one endpoint');
    await client.delete(SERVICES, 'web', { namespace });
    await until(
      async () => [...(await items(ENDPOINT_SLICES, namespace)), ...(await items(ENDPOINTS, namespace))],
      (all) => all.length === 0,
      'nothing left',
    );
  });
});

describe('Namespace', () => {
  it('has its ServiceAccount and root certificate, again when they are deleted', async () => {
    const namespace = await makeNamespace('accounts');
    const certificate = () => get(CONFIG_MAPS, namespace, 'kube-root-ca.crt').catch(() => undefined);
    expect((await until(certificate, Boolean, 'certificate'))!.data).toEqual({ 'ca.crt': cluster.caPem });
    await until(
      () => gone(SERVICE_ACCOUNTS, namespace, 'default'),
      (absent) => !absent,
      'account',
    );
    const { uid } = (await get(SERVICE_ACCOUNTS, namespace, 'default')).metadata;
    await client.delete(SERVICE_ACCOUNTS, 'default', { namespace });
    await until(
      () => get(SERVICE_ACCOUNTS, namespace, 'default').catch(() => undefined),
      (one) => one !== undefined && one.metadata.uid !== uid,
      'a new account',
    );
  });

  it('is emptied before it goes, and tells what holds it up', async () => {
    const namespace = await makeNamespace('doomed');
    await deployment(namespace);
    const finalizers = ['example.com/hold'];
    await client.create(CONFIG_MAPS, { metadata: { name: 'held', namespace, finalizers } });
    await rolledOut(namespace);
    await client.delete(NAMESPACES, namespace);
    const remaining = async () =>
      (await get(NAMESPACES, undefined, namespace)).status?.conditions?.find(
        (c) => c.type === 'NamespaceFinalizersRemaining',
      );
    const condition = await until(remaining, (c) => c?.status === 'True', 'a finalizer');
    expect(condition!.message).toBe(
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    );
    await merge(CONFIG_MAPS, namespace, 'held', { metadata: { finalizers: null } });
    await until(() => gone(NAMESPACES, undefined, namespace), Boolean, 'the end');
  });
});

describe('garbage collection', () => {
  it('deletes in the background, in the foreground, or not at all', async () => {
    const namespace = await makeNamespace('garbage');
    for (const propagationPolicy of ['Background', 'Foreground'] as const) {
      await deployment(namespace);
      await rolledOut(namespace);
      await client.delete(DEPLOYMENTS, 'web', { namespace, propagationPolicy });
      await until(() => gone(DEPLOYMENTS, namespace, 'web'), Boolean, `${propagationPolicy} deletion`);
      if (propagationPolicy === 'Foreground') expect(await items(REPLICA_SETS, namespace)).toEqual([]);
      await until(
        () => items(PODS, namespace),
        (all) => all.length === 0,
        'no Pods',
      );
    }
    await deployment(namespace);
    await rolledOut(namespace);
    await client.delete(DEPLOYMENTS, 'web', { namespace, propagationPolicy: 'Orphan' });
    await until(() => gone(DEPLOYMENTS, namespace, 'web'), Boolean, 'orphaning deletion');
    const [set] = await items(REPLICA_SETS, namespace);
    expect(set!.metadata.ownerReferences ?? []).toEqual([]);
    expect(await items(PODS, namespace)).toHaveLength(4);
  });

  it('follows custom resources as their types come and go', async () => {
    const namespace = await makeNamespace('custom');
    const metadata = { name: 'widgets.example.com' };
    const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object' } } } };
    const spec = {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    };
    await client.create(CRDS, { metadata, spec } as Draft<KubeObject>);
    const make = () => client.create(WIDGETS, { metadata: { name: 'one', namespace } }).catch(() => undefined);
    const widget = await until(make, Boolean, 'the new type');
    const { name, uid } = widget!.metadata;
    const owner = { apiVersion: 'example.com/v1', kind: 'Widget', name, uid };
    await client.create(CONFIG_MAPS, { metadata: { name: 'owned', namespace, ownerReferences: [owner] } });
    await client.delete(WIDGETS, 'one', { namespace });
    await until(() => gone(CONFIG_MAPS, namespace, 'owned'), Boolean, 'collection');
    await client.delete(CRDS, metadata.name);
  });
});

describe('volumes and budgets', () => {
  it('gives a claim a volume once a Pod needs it, and takes it back with the claim', async () => {
    const namespace = await makeNamespace('volumes');
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '3Gi' } } };
    await client.create(PERSISTENT_VOLUME_CLAIMS, { metadata: { name: 'data', namespace }, spec });
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    const user = { ...template().spec!, volumes };
    await client.create(PODS, { metadata: { name: 'user', namespace }, spec: user });
    const claim = () => get(PERSISTENT_VOLUME_CLAIMS, namespace, 'data');
    const bound = await until(claim, (c) => c.status?.phase === 'Bound', 'binding');
    expect(bound.status?.capacity).toEqual({ storage: '3Gi' });
    await client.delete(PERSISTENT_VOLUME_CLAIMS, 'data', { namespace });
    expect((await claim()).metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
    await client.delete(PODS, 'user', { namespace });
    await until(() => gone(PERSISTENT_VOLUMES, undefined, bound.spec.volumeName!), Boolean, 'release');
  });

  it('counts what may be disrupted', async () => {
    const namespace = await makeNamespace('budgets');
    await deployment(namespace);
    await client.create(POD_DISRUPTION_BUDGETS, {
      metadata: { name: 'web', namespace },
      spec: { maxUnavailable: '25%', selector: { matchLabels: labels } },
    });
    const budget = () => get(POD_DISRUPTION_BUDGETS, namespace, 'web');
    await until(budget, ({ status }) => status?.disruptionsAllowed === 1 && status.expectedPods === 4, 'one allowed');
  });
});

it('met no faults that controllers had to retry', () => {
  expect(cluster.faults).toEqual([]);
});
